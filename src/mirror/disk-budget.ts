import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PatchloomError } from '../util/errors.ts';
import { gitFailed, runGit } from './git.ts';

/** Putting a large repository together anew takes minutes, and brings nothing so soon after the last time. */
const CLEAN_EVERY = 6 * 3_600_000;

/** What a project may take of the disk: its repository, its bundles, and damaged repositories that were set aside. */
export class DiskBudget {
  readonly #repository: string;
  readonly #bytes: number;
  readonly #lends: boolean;
  #cleaned = Number.NEGATIVE_INFINITY;

  /**
   * @param bytes allowed
   * @param lends others stand on what is here: all of it stays
   */
  constructor(repository: string, bytes: number, lends: boolean) {
    this.#repository = repository;
    this.#bytes = bytes;
    this.#lends = lends;
  }

  /**
   * Looks, and where there is too much, packs the repository anew: what no ref leads to, and is older than a day, is gone then. No
   * commit of a series is ever thrown away for room.
   * @param now epoch milliseconds
   * @throws PatchloomError DISK_BUDGET where it is still too much, GIT_FAILED
   */
  async keep(now: number): Promise<void> {
    if ((await bytesOf(this.#repository)) <= this.#bytes) return;
    if (now - this.#cleaned >= CLEAN_EVERY) {
      this.#cleaned = now;
      const keep = this.#lends ? ['-a', '-k'] : ['-A', '--unpack-unreachable=1.day.ago'];
      const result = await runGit(this.#repository, ['repack', '-d', '-l', '--quiet', ...keep], { timeout: 3_600_000 });
      if (result.code !== 0) throw gitFailed(this.#repository, 'repack', result);
    }
    const taken = await bytesOf(this.#repository);
    if (taken <= this.#bytes) return;
    const name = basename(this.#repository).replace(/\.git$/, '');
    const words = `the repository of ${name} takes ${mebibytes(taken)}, and git.disk allows ${mebibytes(this.#bytes)}`;
    throw new PatchloomError('DISK_BUDGET', `${words}: nothing more is mirrored`);
  }
}

/** Bytes of the repository and of what stands beside it under its name. */
async function bytesOf(repository: string): Promise<number> {
  const stem = basename(repository).replace(/\.git$/, '');
  const names = await readdir(dirname(repository));
  const own = names.filter((name) => name.startsWith(`${stem}.git`) || name === `${stem}.bundles`);
  const sizes = await Promise.all(own.map((name) => bytesIn(join(dirname(repository), name))));
  return sizes.reduce((sum, one) => sum + one, 0);
}

async function bytesIn(directory: string): Promise<number> {
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  let sum = 0;
  for (const file of files) {
    if (!file.isFile()) continue;
    // Others may take it away meanwhile.
    const found = await stat(join(file.parentPath, file.name)).catch(() => null);
    sum += found?.size ?? 0;
  }
  return sum;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MiB`;
}
