#!/usr/bin/env node
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `patchloom needs Node 24 or newer; this is ${process.version}. In a checkout, "npm ci" brings it and "npm run" uses it.`,
  );
  process.exit(2);
}
// A reader that has seen enough (`patchloom series | head`) closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
// Mail makes much garbage that does not live long; V8 would let the space for it grow by 100 MB before it looks.
const { setFlagsFromString } = await import('node:v8');
setFlagsFromString('--semi-space-growth-factor=1');
// Types are stripped and code is compiled once, not at each start: a command is there in half the time.
const { enableCompileCache } = await import('node:module');
enableCompileCache();
// Imported only now, so that an old Node gets the line above and not a syntax error.
const { runCli } = await import('./cli.ts');
process.exitCode = await runCli(process.argv.slice(2));
