import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { exec } from '../util/exec.ts';
import { PatchloomError } from '../util/errors.ts';
import { MAIL_CAP } from './raw-mail.ts';

/**
 * git never asks, never fetches, and reads repositories of other users: an archive belongs to whoever mirrors it, and only
 * plumbing that runs no hooks is used on it.
 */
const ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
  LC_ALL: 'C',
};

/** Output of a git command in a repository. @throws PatchloomError (SOURCE_UNREADABLE) with git's own words. */
export async function gitText(repository: string, args: readonly string[]): Promise<string> {
  const result = await exec('git', ['--git-dir', repository, ...args], { env: ENVIRONMENT });
  if (result.code === 0) return result.stdout.toString('latin1');
  throw new PatchloomError(
    'SOURCE_UNREADABLE',
    `${repository}: git ${args[0] ?? ''}: ${result.stderr.trim().split('\n')[0] ?? 'failed'}`,
  );
}

/** Whether a commit is in the repository: a cursor of a rewritten archive is not. */
export async function hasCommit(repository: string, commit: string): Promise<boolean> {
  return (
    (await exec('git', ['--git-dir', repository, 'cat-file', '-e', `${commit}^{commit}`], { env: ENVIRONMENT }))
      .code === 0
  );
}

/** A blob, cut at the cap of one mail. */
export interface Blob {
  readonly raw: Buffer;
  readonly cut: boolean;
}

/** One long-lived `git cat-file --batch`. Objects are asked for ahead, in order, so that git never waits for us. */
export class ObjectReader {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #bytes: ByteReader;
  readonly #repository: string;

  constructor(repository: string) {
    this.#repository = repository;
    this.#child = spawn('git', ['--git-dir', repository, 'cat-file', '--batch'], { env: ENVIRONMENT });
    this.#child.on('error', () => {});
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.resume();
    this.#bytes = new ByteReader(this.#child.stdout);
  }

  /** Asks for an object by name, e.g. `COMMIT:m`; `next` gives the answers in the same order. */
  ask(name: string): void {
    this.#child.stdin.write(`${name}\n`);
  }

  /** The next blob; null where there is no such object or it is no blob. */
  async next(): Promise<Blob | null> {
    const header = await this.#bytes.line();
    if (header === null) throw new PatchloomError('SOURCE_UNREADABLE', `${this.#repository}: git cat-file ended early`);
    const match = / (blob|tree|commit|tag) (\d{1,15})$/.exec(header);
    if (match === null) return null;
    const size = Number(match[2]);
    const raw = await this.#bytes.take(Math.min(size, MAIL_CAP));
    await this.#bytes.skip(size - raw.length + 1);
    return match[1] === 'blob' ? { raw, cut: size > MAIL_CAP } : null;
  }

  close(): void {
    this.#child.stdin.end();
    this.#child.stdout.destroy();
    this.#child.kill();
  }
}

/** Reads lines and counted bytes from a stream; waits for more as needed and never reads ahead of its consumer. */
class ByteReader {
  readonly #chunks: AsyncIterator<unknown>;
  #rest = Buffer.alloc(0);

  constructor(stream: AsyncIterable<unknown>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** Without its LF; null at the end. Object headers are short, so the rest is searched again for each chunk. */
  async line(): Promise<string | null> {
    for (;;) {
      const newline = this.#rest.indexOf(0x0a);
      if (newline >= 0) return (await this.take(newline + 1)).toString('latin1', 0, newline);
      const chunk = await this.#chunk();
      if (chunk === null) return null;
      this.#rest = Buffer.concat([this.#rest, chunk]);
    }
  }

  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let missing = count; missing > 0; missing = count - sizeOf(parts)) parts.push(await this.#some(missing));
    return Buffer.concat(parts);
  }

  async skip(count: number): Promise<void> {
    for (let missing = count; missing > 0; ) missing -= (await this.#some(missing)).length;
  }

  async #some(most: number): Promise<Buffer> {
    if (this.#rest.length === 0) this.#rest = (await this.#chunk()) ?? Buffer.alloc(0);
    if (this.#rest.length === 0) throw new PatchloomError('SOURCE_UNREADABLE', 'git cat-file ended within a mail');
    const some = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(some.length);
    return some;
  }

  async #chunk(): Promise<Buffer<ArrayBuffer> | null> {
    const next = await this.#chunks.next();
    return next.done === true ? null : (next.value as Buffer<ArrayBuffer>);
  }
}

function sizeOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
