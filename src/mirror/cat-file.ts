import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { PatchloomError } from '../util/errors.ts';
import { gitArguments, gitEnvironment } from './git.ts';
import { holdAlive } from './hold-alive.ts';

/** An object as `git cat-file --batch` gives it. */
export interface ReadObject {
  readonly id: string;
  readonly type: string;
  readonly data: Buffer;
}

interface Question {
  readonly answer: (object: ReadObject | null) => void;
  readonly fail: (error: Error) => void;
}

/** Larger objects are not kept: no series touches such a file. */
const LARGEST = 256 << 20;

/**
 * One long-lived `git cat-file --batch`, started at the first question and again after it has ended. Questions are answered in
 * order. It sees new packs and refs by itself, and does not keep this process alive.
 */
export class CatFile {
  readonly #repository: string;
  #running: Running | null = null;

  constructor(repository: string) {
    this.#repository = repository;
  }

  /**
   * @param name an object id, also a short one, or a full ref name; checked by the caller: no line break, nothing that git would expand
   * @returns null where there is no such object, or where it is larger than 256 MiB
   * @throws PatchloomError GIT_FAILED where git ended
   */
  async read(name: string): Promise<ReadObject | null> {
    if (this.#running === null || this.#running.ended) this.#running = new Running(this.#repository);
    return this.#running.ask(name);
  }

  /** Ends the process; a later question starts another one. */
  close(): void {
    this.#running?.close();
    this.#running = null;
  }
}

class Running {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #repository: string;
  readonly #questions: Question[] = [];
  readonly #answers = new Answers();
  #unsent = '';
  #words = '';
  ended = false;

  constructor(repository: string) {
    this.#repository = repository;
    const args = [...gitArguments(repository), 'cat-file', '--batch'];
    const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', ...gitEnvironment() };
    this.#child = spawn('git', args, { cwd: '/', env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (this.#words = (this.#words + text).slice(-500)));
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', (error) => this.#end(error));
    this.#child.on('close', () => this.#end());
    holdAlive(this.#child, false);
  }

  ask(name: string): Promise<ReadObject | null> {
    return new Promise((answer, fail) => {
      if (this.#questions.length === 0) holdAlive(this.#child, true);
      this.#questions.push({ answer, fail });
      // All questions of one turn go in one write.
      if (this.#unsent === '') setImmediate(() => this.#send());
      this.#unsent += `${name}\n`;
    });
  }

  close(): void {
    this.#child.stdin.end();
  }

  #send(): void {
    this.#child.stdin.write(this.#unsent, 'latin1');
    this.#unsent = '';
  }

  #take(chunk: Buffer): void {
    for (const object of this.#answers.take(chunk)) this.#questions.shift()?.answer(object);
    if (this.#questions.length === 0) holdAlive(this.#child, false);
  }

  #end(cause?: Error): void {
    this.ended = true;
    const known = this.#words.replaceAll(this.#repository, '(repository)');
    const words = /^(?:fatal|error): (.*)/m.exec(known)?.[1] ?? 'it ended';
    const error = new PatchloomError('GIT_FAILED', `git cat-file failed: ${words}`, { cause });
    for (const { fail } of this.#questions.splice(0)) fail(error);
  }
}

/** Cuts the output of `cat-file --batch` into objects. */
class Answers {
  #chunks: Buffer[] = [];
  #length = 0;
  #head: { id: string; type: string; size: number } | null = null;
  /** Bytes of a large object that are still to come. */
  #unwanted = 0;

  *take(chunk: Buffer): Iterable<ReadObject | null> {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (let object = this.#next(); object !== undefined; object = this.#next()) yield object;
  }

  /** Undefined where more has to come first. */
  #next(): ReadObject | null | undefined {
    if (this.#unwanted > 0) return this.#skip();
    if (this.#head === null) {
      const line = this.#line();
      if (line === null) return undefined;
      const [, id = '', type = '', size] = /^([0-9a-f]{40,64}) ([a-z]+) (\d+)$/.exec(line) ?? [];
      // `missing`, `ambiguous` and their like.
      if (size === undefined) return null;
      this.#head = { id, type, size: Number(size) };
    }
    const { id, type, size } = this.#head;
    if (size > LARGEST) {
      this.#head = null;
      this.#unwanted = size + 1;
      return this.#skip();
    }
    if (this.#length < size + 1) return undefined;
    this.#head = null;
    const data = this.#bytes(size + 1).subarray(0, size);
    return { id, type, data };
  }

  /** Drops a large object as it comes. */
  #skip(): null | undefined {
    const dropped = Math.min(this.#unwanted, this.#length);
    this.#drop(dropped);
    this.#unwanted -= dropped;
    return this.#unwanted === 0 ? null : undefined;
  }

  #line(): string | null {
    const first = this.#chunks[0];
    if (first === undefined) return null;
    let end = first.indexOf(10);
    if (end < 0 && this.#chunks.length > 1) end = this.#flat().indexOf(10);
    if (end < 0) return null;
    const line = (this.#chunks[0] ?? first).toString('latin1', 0, end);
    this.#drop(end + 1);
    return line;
  }

  #bytes(count: number): Buffer {
    const first = this.#chunks[0];
    const whole = first !== undefined && first.length >= count ? first : this.#flat();
    const bytes = whole.subarray(0, count);
    this.#drop(count);
    return bytes;
  }

  #flat(): Buffer {
    const whole = Buffer.concat(this.#chunks, this.#length);
    this.#chunks = [whole];
    return whole;
  }

  #drop(count: number): void {
    let left = count;
    this.#length -= count;
    while (left > 0) {
      const first = this.#chunks[0];
      if (first === undefined) return;
      if (first.length > left) {
        this.#chunks[0] = first.subarray(left);
        return;
      }
      left -= first.length;
      this.#chunks.shift();
    }
  }
}
