import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PatchloomError } from '../util/errors.ts';
import { emptyDirectory } from './build-directory.ts';
import { type CommandRequest, runCommand } from './command.ts';
import { type CacheAccess, type CompilerCache, filling, reading } from './compiler-cache.ts';
import type { Job, RunOutcome, Sandbox } from './run.ts';
import { BASE, type RunPatch } from './runner.ts';

export interface WorkbenchOptions {
  /** Its place; the tree is built in the sub-folder `tree`. */
  readonly directory: string;
  readonly sandbox: Sandbox;
  readonly checkout: (commit: string, directory: string) => Promise<void>;
  /** In the order in which they run; a job may use what those before it have made. */
  readonly jobs: readonly Job[];
  readonly patches: number;
  /** False: every commit from an empty directory; true where left out. */
  readonly incremental?: boolean;
  readonly cache?: CompilerCache | null;
  readonly signal?: AbortSignal;
  readonly onOutput?: (chunk: Buffer) => void;
}

/** Longer than a tick of the clock by which the kernel stamps files: the coarsest is 10 ms. */
const TICK = 20;
const READ_SECONDS = 30;
const READ = `[ -f "$PATCHLOOM_FILE" ] || exit 3
[ -z "$PATCHLOOM_SINCE" ] || [ -n "$(find -H "$PATCHLOOM_FILE" -maxdepth 0 -newermt "$PATCHLOOM_SINCE")" ] || exit 3
exec head -c "$PATCHLOOM_LIMIT" < "$PATCHLOOM_FILE"`;

/** The one build directory of a run: knows which commit is in it and which jobs have run there. */
export class Workbench {
  readonly tree: string;
  readonly #options: WorkbenchOptions;
  /** Null where the directory may hold anything. */
  #commit: string | null = null;
  readonly #ran = new Set<string>();
  #begun = false;
  /** Epoch ms. */
  #commandBegan = 0;

  constructor(options: WorkbenchOptions) {
    this.#options = options;
    this.tree = join(options.directory, 'tree');
  }

  /**
   * Runs a job on a commit, after those before it that have not run there. `attempt` counts from 1; from the second on nothing of earlier runs
   * is used: what fails then does not fail for what was left over.
   * @throws PatchloomError BUILD_MACHINE, SANDBOX_MISSING; the reason of the signal where it was aborted
   */
  async run(patch: RunPatch, job: Job, attempt = 1): Promise<RunOutcome> {
    if (attempt > 1 || !this.#begun) await this.#begin();
    await this.#bring(patch);
    const before = this.#options.jobs.slice(0, this.#options.jobs.indexOf(job));
    for (const one of before) if (!this.#ran.has(one.name)) await this.#command(patch, one, attempt);
    return this.#command(patch, job, attempt);
  }

  /**
   * The beginning of a file that a job has written, read inside the sandbox, where a link leads nowhere else. Null where there is none.
   * @param fresh only where it was written since the last job began: what failed has perhaps left the file of an earlier patch
   * @throws as `run`
   */
  async read(path: string, limit: number, fresh: boolean): Promise<Buffer | null> {
    const chunks: Buffer[] = [];
    const outcome = await runCommand({
      ...this.#request(READ, READ_SECONDS),
      env: {
        PATCHLOOM_FILE: `./${path}`,
        PATCHLOOM_LIMIT: `${limit}`,
        PATCHLOOM_SINCE: fresh ? `@${(this.#commandBegan - TICK) / 1000}` : '',
      },
      onOutput: (chunk) => chunks.push(chunk),
    });
    if (outcome.infrastructure !== null) this.#refuse(`reading ${path}`, outcome.infrastructure);
    return outcome.exit === 0 ? Buffer.concat(chunks) : null;
  }

  async #begin(): Promise<void> {
    await this.#empty();
    await emptyDirectory(this.#ownCache);
    this.#begun = true;
  }

  async #empty(): Promise<void> {
    this.#commit = null;
    await emptyDirectory(this.tree);
  }

  get #ownCache(): string {
    return join(this.#options.directory, 'cache');
  }

  async #bring(patch: RunPatch): Promise<void> {
    if (this.#commit === patch.commit) return;
    // What other series are judged by must not hang on what this one has left there.
    if (patch.msgid === BASE || this.#options.incremental === false) await this.#empty();
    this.#commit = null;
    this.#ran.clear();
    // A source written in the same tick as what the patch before has built from it is not newer, and make would leave it.
    await sleep(TICK);
    try {
      await this.#options.checkout(patch.commit, this.tree);
    } catch {
      // What a build has left may be in the way: a folder that cannot be written to.
      await emptyDirectory(this.tree);
      await this.#options.checkout(patch.commit, this.tree);
    }
    this.#commit = patch.commit;
  }

  async #command(patch: RunPatch, job: Job, attempt: number): Promise<RunOutcome> {
    this.#options.signal?.throwIfAborted();
    await this.#bring(patch);
    const cache = await this.#cacheFor(patch);
    this.#commandBegan = Date.now();
    const outcome = await runCommand({
      ...this.#request(job.run, job.timeout),
      env: { ...cache.env, ...this.#environment(patch, job, attempt) },
      binds: cache.binds,
      ...(this.#options.onOutput === undefined ? {} : { onOutput: this.#options.onOutput }),
    });
    if (outcome.infrastructure !== null)
      this.#refuse(`patch ${patch.index}/${this.#options.patches}, job ${job.name}`, outcome.infrastructure);
    this.#ran.add(job.name);
    // What was ended by force has left half-written files, which make takes for finished ones.
    if (outcome.timedOut || outcome.stopped !== null) await this.#empty();
    return outcome;
  }

  async #cacheFor({ upstream }: RunPatch): Promise<CacheAccess> {
    const cache = this.#options.cache ?? null;
    if (cache === null) return { env: {}, binds: [] };
    return upstream === true ? filling(cache) : reading(cache, this.#ownCache);
  }

  #request(command: string, timeout: number): CommandRequest {
    const { sandbox, signal } = this.#options;
    return { command, directory: this.tree, sandbox, timeout, ...(signal === undefined ? {} : { signal }) };
  }

  #environment(patch: RunPatch, job: Job, attempt: number): Readonly<Record<string, string>> {
    return {
      PATCHLOOM_COMMIT: patch.commit,
      PATCHLOOM_TREE: patch.tree,
      PATCHLOOM_PATCH: `${patch.index}`,
      PATCHLOOM_PATCHES: `${this.#options.patches}`,
      PATCHLOOM_JOB: job.name,
      PATCHLOOM_ATTEMPT: `${attempt}`,
    };
  }

  #refuse(where: string, why: string): never {
    this.#options.signal?.throwIfAborted();
    throw new PatchloomError('BUILD_MACHINE', `${where}: ${why}`);
  }
}
