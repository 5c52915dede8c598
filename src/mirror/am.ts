import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address } from '../mail/message.ts';
import { amMail } from '../patch/am-mail.ts';
import type { ExecResult } from '../util/exec.ts';
import { gitArguments, gitFailed, runProgram } from './git.ts';
import type { MirrorPatch } from './mirror.ts';
import { withScratch } from '../util/scratch.ts';

/** Time that git may spend on one series, milliseconds. */
const BUDGET = 300_000;

/** Memory that git may take for its data, KiB: a few bytes of a binary patch can ask for any amount. */
const MEMORY = 2 << 20;

/** `exec` keeps the limit; the script is fixed and mail comes by standard input. */
const WITH_MEMORY_LIMIT = ['-c', `ulimit -d ${MEMORY} 2>/dev/null; exec "$@"`, 'sh', 'git'];

/** Nothing is checked out but what a patch touches. */
const SPARSE = ['-c', 'core.sparseCheckout=true', '-c', 'core.sparseCheckoutCone=false'];

/** What git made of one patch. */
export type AmOutcome =
  | { readonly kind: 'commit'; readonly commit: string; readonly threeWay: boolean }
  /** What it does is there already. */
  | { readonly kind: 'already' }
  | { readonly kind: 'stopped'; readonly result: ExecResult };

export interface AmOptions {
  /** Committer, as `git am --committer-date-is-author-date` gets it. */
  readonly committer: Address;
  /** Folders taken off names; 1 lets git guess for old-style diffs, as it does without an option. */
  readonly strip: number;
  /** Try a three-way merge where a patch does not fit. */
  readonly threeWay: boolean;
}

/**
 * Lets `git am` itself apply patches on a commit, one after the other, in a detached work tree of its own in which only touched
 * files stand. Objects go straight to the repository; refs and settings of the repository are out of its sight.
 * @returns one outcome for each patch, up to the first that stopped it
 * @throws PatchloomError GIT_FAILED where the machine is at fault
 */
export async function amSeries(
  repository: string,
  base: string,
  patches: readonly MirrorPatch[],
  options: AmOptions,
): Promise<readonly AmOutcome[]> {
  return withScratch(repository, async (scratch) => {
    const desk = await makeDesk(repository, scratch, base, options, true);
    const outcomes: AmOutcome[] = [];
    for (const patch of patches) {
      const outcome = await amOne(desk, amMail(patch, patches.length, 1), options);
      outcomes.push(outcome);
      if (outcome.kind === 'stopped') break;
    }
    return outcomes;
  });
}

/**
 * As `amSeries`, in one run, and nothing of it stays.
 * @returns ids of the commits, oldest first; null where git does not apply all
 * @throws PatchloomError GIT_FAILED where the machine is at fault
 */
export async function amIds(
  repository: string,
  base: string,
  patches: readonly MirrorPatch[],
  options: AmOptions,
): Promise<readonly string[] | null> {
  return withScratch(repository, async (scratch) => {
    const desk = await makeDesk(repository, scratch, base, options, false);
    const mbox = Buffer.concat(patches.map((patch) => amMail(patch, patches.length, 1)));
    const am = await run(desk, amArguments(options, options.threeWay ? ['--3way'] : []), mbox);
    if (am.code !== 0) return null;
    const listed = await run(desk, ['rev-list', '--reverse', `${base}..HEAD`]);
    if (listed.code !== 0) throw gitFailed(repository, 'rev-list', listed);
    return listed.stdout
      .toString('latin1')
      .split('\n')
      .filter((id) => id !== '');
  });
}

interface Desk {
  readonly repository: string;
  readonly head: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly settings: readonly string[];
  readonly deadline: number;
}

/** @param keep whether what git makes goes into the repository; else it is gone with the scratch directory */
async function makeDesk(
  repository: string,
  scratch: string,
  base: string,
  { committer }: AmOptions,
  keep: boolean,
): Promise<Desk> {
  const [git, tree] = [join(scratch, 'git'), join(scratch, 'tree')];
  await mkdir(tree);
  const objects = join(repository, 'objects');
  for (const name of ['refs', 'info', 'objects/info']) await mkdir(join(git, name), { recursive: true });
  await writeFile(join(git, 'objects', 'info', 'alternates'), `${objects}\n`);
  await writeFile(join(git, 'HEAD'), `${base}\n`);
  await writeFile(join(git, 'config'), '[core]\n\trepositoryformatversion = 0\n');
  await writeFile(join(git, 'info', 'sparse-checkout'), '/.nothing\n');
  const env = {
    GIT_DIR: git,
    GIT_WORK_TREE: tree,
    ...(keep ? { GIT_OBJECT_DIRECTORY: objects } : {}),
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
  };
  // git waits for the disk at each object; what does not stay need not get there.
  const settings = [...SPARSE, ...(keep ? [] : ['-c', 'core.fsync=none'])];
  const desk = { repository, head: join(git, 'HEAD'), cwd: tree, env, settings, deadline: performance.now() + BUDGET };
  const result = await run(desk, ['read-tree', '-m', '-u', 'HEAD']);
  if (result.code !== 0) throw gitFailed(repository, 'read-tree', result);
  return desk;
}

async function amOne(desk: Desk, mail: Buffer, options: AmOptions): Promise<AmOutcome> {
  const before = await headOf(desk);
  const plain = await run(desk, amArguments(options, []), mail);
  if (plain.code === 0) return { kind: 'commit', commit: await headOf(desk), threeWay: false };
  if (!options.threeWay || plain.timedOut) return { kind: 'stopped', result: plain };
  await run(desk, ['am', '--abort']);
  const merged = await run(desk, amArguments(options, ['--3way']), mail);
  if (merged.code !== 0) return { kind: 'stopped', result: plain };
  const after = await headOf(desk);
  return after === before ? { kind: 'already' } : { kind: 'commit', commit: after, threeWay: true };
}

function amArguments(options: AmOptions, more: readonly string[]): string[] {
  const strip = options.strip === 1 ? [] : [`-p${options.strip}`];
  return ['am', '--quiet', '--committer-date-is-author-date', '--keep-cr', '--no-scissors', ...strip, ...more];
}

function run(desk: Desk, args: readonly string[], input: Uint8Array = new Uint8Array()): Promise<ExecResult> {
  const all = [...WITH_MEMORY_LIMIT, ...gitArguments(null), ...desk.settings, ...args];
  const timeout = Math.max(1, Math.ceil(desk.deadline - performance.now()));
  return runProgram('/bin/sh', all, { cwd: desk.cwd, env: desk.env, input, timeout });
}

/** HEAD is detached: the file holds the id. */
async function headOf(desk: Desk): Promise<string> {
  return (await readFile(desk.head, 'latin1')).trim();
}
