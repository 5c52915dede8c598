import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from './runner.ts';

/** What runs now, as a reader of the log learns it. */
export interface LiveStep {
  /** Number of the patch; 0: the base. */
  readonly patch: number;
  readonly job: string;
  /** Of `total` checks so many are done. */
  readonly done: number;
  readonly total: number;
  /** Epoch ms. Names the step: a later one has a higher number. */
  readonly began: number;
  /** Bytes of one piece of its output on disk. */
  readonly piece: number;
}

/** File in which the step stands. */
export const STEP_FILE = 'step.json';
/** Milliseconds after which a step that nobody has touched is that of a run which was killed. */
export const DEAD_MS = 60_000;
const BEAT_MS = DEAD_MS / 4;
const FLUSH_MS = 500;

/** Where the live log of a series' run is, below the data directory; named by values of ours only. */
export function liveFolder(data: string, of: { readonly project: string; readonly key: string }): string {
  const name = createHash('sha256')
    .update(JSON.stringify([of.project, of.key]))
    .digest('hex')
    .slice(0, 32);
  return join(data, 'logs', 'live', name);
}

/** Removes the live logs of runs that were killed: they may go on on another machine, and nobody would come back here. */
export async function removeDeadLogs(data: string): Promise<void> {
  const live = join(data, 'logs', 'live');
  for (const name of await readdir(live).catch(() => [])) {
    const step = await stat(join(live, name, STEP_FILE)).catch(() => stat(join(live, name)).catch(() => null));
    if (step !== null && Date.now() - step.mtimeMs > DEAD_MS)
      await rm(join(live, name), { recursive: true, force: true });
  }
}

/** File name of a piece of a step's output. */
export function pieceFile(began: number, number: number): string {
  return `${began}.${number}`;
}

/**
 * The output of what runs now, on disk while it comes, for followers in this process and others. Of each step the first and the last pieces are
 * kept, half of `limit` each, and no more is written in half a second than one piece holds, however much comes. Faults of the disk stop no build:
 * they show where the log of the check is kept.
 */
export class LiveLog {
  readonly #folder: string;
  readonly #piece: number;
  #step: LiveStep | null = null;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #lost = 0;
  #written = 0;
  #writing = false;
  #timer: NodeJS.Timeout | null = null;
  #beat: NodeJS.Timeout | null = null;
  #work = Promise.resolve();

  /** @param limit bytes of one step's output that are kept, see SandboxLimits.logBytes */
  constructor(folder: string, limit: number) {
    this.#folder = folder;
    this.#piece = Math.max(1, Math.floor(limit / 2));
  }

  /** Another check begins. */
  step({ patch, job, done, total }: Progress): void {
    this.#flush();
    this.#beat ??= setInterval(() => this.#then(() => this.#touch()), BEAT_MS).unref();
    this.#then(() => {
      const began = Math.max(Date.now(), (this.#step?.began ?? 0) + 1);
      return this.#begin({ patch: patch.index, job, done, total, began, piece: this.#piece });
    });
  }

  add(chunk: Buffer): void {
    // A copy: the chunk may be a small view of a large buffer.
    this.#waiting.push(Buffer.from(chunk.subarray(-this.#piece)));
    this.#lost += chunk.length - Math.min(chunk.length, this.#piece);
    this.#waitingBytes += Math.min(chunk.length, this.#piece);
    while (this.#waitingBytes - (this.#waiting[0]?.length ?? 0) >= this.#piece) {
      const oldest = this.#waiting.shift();
      this.#waitingBytes -= oldest?.length ?? 0;
      this.#lost += oldest?.length ?? 0;
    }
    this.#timer ??= setTimeout(() => this.#tick(), FLUSH_MS);
  }

  /** The run is over: followers end, and nothing is left; every check has a log of its own by now. */
  async end(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#beat !== null) clearInterval(this.#beat);
    this.#then(() => this.#clear());
    await this.#work;
  }

  #then(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch(() => {});
  }

  async #touch(): Promise<void> {
    const now = new Date();
    await utimes(join(this.#folder, STEP_FILE), now, now);
  }

  /** Also what a crash has left. */
  async #clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #begin(step: LiveStep): Promise<void> {
    if (this.#step === null) await this.#clear();
    await mkdir(this.#folder, { recursive: true });
    this.#step = step;
    this.#written = 0;
    // At once as a whole: a reader never sees half of it.
    await writeFile(join(this.#folder, `${STEP_FILE}.new`), JSON.stringify(step));
    await rename(join(this.#folder, `${STEP_FILE}.new`), join(this.#folder, STEP_FILE));
    await this.#forget((began) => began !== step.began);
  }

  /** A disk that is slow is waited for: what comes meanwhile stays within one piece. */
  #tick(): void {
    this.#timer = this.#writing ? setTimeout(() => this.#tick(), FLUSH_MS) : null;
    if (!this.#writing) this.#flush();
  }

  /** What has come by now belongs to the step of now, whenever it is written. */
  #flush(): void {
    if (this.#waiting.length === 0) return;
    const mark = this.#lost === 0 ? '' : `\n[... ${this.#lost} bytes of output left out ...]\n`;
    const bytes = Buffer.concat([Buffer.from(mark), ...this.#waiting]);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#lost = 0;
    this.#writing = true;
    this.#then(() => this.#write(bytes).finally(() => (this.#writing = false)));
  }

  async #write(output: Buffer): Promise<void> {
    const step = this.#step;
    if (step === null) return;
    let bytes = output;
    while (bytes.length > 0) {
      const number = Math.floor(this.#written / this.#piece);
      if (this.#written % this.#piece === 0) await this.#forget((_, old) => old > 0 && old < number - 1);
      const part = bytes.subarray(0, (number + 1) * this.#piece - this.#written);
      await appendFile(join(this.#folder, pieceFile(step.began, number)), part);
      this.#written += part.length;
      bytes = bytes.subarray(part.length);
    }
  }

  async #forget(isOld: (began: number, number: number) => boolean): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const [, began, number] = /^(\d+)\.(\d+)$/.exec(name) ?? [];
      if (began !== undefined && isOld(Number(began), Number(number)))
        await rm(join(this.#folder, name), { force: true });
    }
  }
}
