/**
 * `npm test`: makes sure that the real servers which tests talk to are there, then runs every test.
 * Arguments are passed on to node's test runner: `npm test -- test/mail/parse.test.ts`.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { installMissing } from './packages.ts';

const root = resolve(import.meta.dirname, '..');

installMissing();
const given = process.argv.slice(2);
const files = given.some((argument) => argument.endsWith('.ts')) ? [] : globSync('test/**/*.test.ts', { cwd: root });
const run = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...given, ...files.sort()], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
    // Each file is a process, and so is each member that it starts: what they share is compiled once.
    NODE_COMPILE_CACHE: resolve(root, 'node_modules/.cache/node-compile'),
  },
});
process.exitCode = run.status ?? 1;
