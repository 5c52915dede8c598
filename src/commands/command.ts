import type { ParseArgsOptionsConfig } from 'node:util';
import type { Config } from '../../config/config.ts';
import type { Converse } from './converse.ts';

/** Where a command reads and writes; a value, so that tests own it. */
export interface Terminal {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly env: NodeJS.ProcessEnv;
  /** True where standard output is a terminal that shows colour. */
  readonly colour: boolean;
  /** True where standard error is a terminal: progress bars may be drawn. */
  readonly interactive: boolean;
  /** For questions to the person at the terminal; null where nobody is there. */
  readonly converse: Converse | null;
}

/** A command line after parsing. */
export interface Invocation {
  readonly terminal: Terminal;
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly json: boolean;
  readonly quiet: boolean;
  /** `--project`, or null. */
  readonly project: string | null;
  /** Reads the configuration on first use. @throws PatchloomError CONFIG_* */
  config(): Config;
}

/** One command of the command line. */
export interface Command {
  readonly name: string;
  /** What follows the name, e.g. `ID|MSGID [-o FILE]`. */
  readonly usage: string;
  readonly summary: string;
  /** More that its help says: lines without an end. */
  readonly details?: string;
  readonly options?: ParseArgsOptionsConfig;
  /** Least and greatest number of words after the name. */
  readonly words: readonly [number, number];
  /** @returns the exit code: 0 done, 1 failed. */
  run(invocation: Invocation): Promise<number>;
}

/** Writes a line of results. */
export function print(terminal: Terminal, line: string): void {
  terminal.stdout.write(`${line}\n`);
}

/** Writes a line for the person at the terminal, apart from results. */
export function say(invocation: Invocation, line: string): void {
  if (!invocation.quiet) invocation.terminal.stderr.write(`${line}\n`);
}

/** Tells what became of a wish: as an object with `--json`, else in words for the person. */
export function tell(invocation: Invocation, result: object, words: string): void {
  if (invocation.json) print(invocation.terminal, JSON.stringify(result));
  else say(invocation, words);
}
