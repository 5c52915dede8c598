import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { gitArguments, gitEnvironment } from './git.ts';
import { withoutCredentials } from './git-words.ts';
import { holdAlive } from './hold-alive.ts';

/** A ref to make: it must not be there yet. */
export interface NewRef {
  readonly name: string;
  readonly commit: string;
}

/**
 * One long-lived `git update-ref --stdin`. Each call is one transaction: all of its refs are made, or none. git ends at the
 * first transaction that fails; the next one starts it again.
 */
export class RefWriter {
  readonly #repository: string;
  #running: Transactions | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(repository: string) {
    this.#repository = repository;
  }

  /**
   * Names and ids are checked by the caller: they go to git as they are.
   * @returns null where the refs are made, else git's words: somebody else was faster, or the repository is at fault
   */
  create(refs: readonly NewRef[]): Promise<string | null> {
    const done = this.#last.then(() => {
      if (this.#running === null || this.#running.ended) this.#running = new Transactions(this.#repository);
      return this.#running.create(refs);
    });
    this.#last = done;
    return done;
  }

  close(): void {
    this.#running?.close();
    this.#running = null;
  }
}

class Transactions {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #repository: string;
  #output = '';
  #words = '';
  #settle: ((words: string | null) => void) | null = null;
  ended = false;

  constructor(repository: string) {
    this.#repository = repository;
    const args = [...gitArguments(repository), 'update-ref', '--stdin'];
    const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', ...gitEnvironment() };
    this.#child = spawn('git', args, { cwd: '/', env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.#child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (this.#words = (this.#words + text).slice(-1000)));
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', () => this.#end('git could not be started'));
    this.#child.on('close', () => this.#end(this.#words));
    holdAlive(this.#child, false);
  }

  create(refs: readonly NewRef[]): Promise<string | null> {
    return new Promise((settle) => {
      this.#settle = settle;
      holdAlive(this.#child, true);
      const lines = refs.map(({ name, commit }) => `create ${name} ${commit}\n`).join('');
      this.#child.stdin.write(`start\n${lines}prepare\ncommit\n`, 'latin1');
    });
  }

  close(): void {
    this.#child.stdin.end();
  }

  #take(text: string): void {
    this.#output += text;
    if (!this.#output.includes('commit: ok\n')) return;
    this.#output = '';
    holdAlive(this.#child, false);
    this.#settle?.(null);
    this.#settle = null;
  }

  #end(words: string): void {
    this.ended = true;
    const clean = withoutCredentials(words.replaceAll(this.#repository, '(repository)'))
      .replace(/^fatal: /, '')
      .trim();
    this.#settle?.(clean === '' ? 'git ended' : clean);
    this.#settle = null;
  }
}
