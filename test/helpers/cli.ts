import { spawn, type ChildProcess } from 'node:child_process';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runCli } from '../../src/cli.ts';
import type { Ask } from '../../src/commands/converse.ts';

/** What a command line did. */
export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Runs a command line in this process, as a script would see it: no terminal, no colour. */
export async function cli(...argv: string[]): Promise<CliResult> {
  return cliAsked(null, ...argv);
}

/** The same with a person at the terminal, who answers what `ask` is asked. */
export async function cliAsked(ask: Ask | null, ...argv: string[]): Promise<CliResult> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(argv, {
    stdout: collector(out),
    stderr: collector(err),
    env: {},
    colour: false,
    interactive: false,
    converse: ask === null ? null : (talk) => talk(ask),
  });
  return { code, out: out.join(''), err: err.join('') };
}

function collector(into: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      into.push(chunk.toString('utf8'));
      done();
    },
  });
}

/** Starts a command line as a process of its own, to be killed or talked to. */
export function startCli(argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
}
