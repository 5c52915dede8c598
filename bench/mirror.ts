/**
 * `npm run bench:mirror -- [short] [runs] [open] [3000] [80000]`: from patches to commits, beside `git am` in a work tree and `git apply --cached`. Works on
 * copies of a repository (PATCHLOOM_BENCH_REPOSITORY: a clone of xen.git, say) and on a generated one of 80,000 files.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAudited } from '../src/mirror/audit.ts';
import { openMirror } from '../src/mirror/open.ts';
import { silentLog } from '../src/util/log.ts';
import { largeRepository, realSeries } from './mirror-data.ts';
import { type BenchSeries, COMMITTER, git, gitOut, mboxOf, requestOf } from './mirror-series.ts';

const WANTED = process.argv.slice(2);
/** A round of git am takes a minute, in which the machine has quiet and busy moments; one of the mirror less than a second. */
const ROUNDS = { am: 3, mirror: 9 };
const REAL = process.env['PATCHLOOM_BENCH_REPOSITORY'] ?? '';
const scratch = mkdtempSync(join(tmpdir(), 'patchloom-bench-'));
/** Without the look after the repository that git am ends with: a bot has its own time for that. */
const AM = ['-c', 'maintenance.auto=false', 'am', '--quiet', '--committer-date-is-author-date'];

/** What one way of making commits took; `ids` are compared. */
interface Measured {
  readonly seconds: number;
  /** Without setting up the work tree. */
  readonly alone: number;
  /** Seconds of all processes together, which the load of the machine hardly changes. */
  readonly cpu: number;
  readonly ids: readonly string[];
  /** Bytes that this process takes after the first round. */
  readonly memory?: number;
  /** `alone` of each round. */
  readonly rounds?: readonly number[];
}

try {
  if (existsSync(REAL)) await onRealRepository();
  else console.log('no real repository: set PATCHLOOM_BENCH_REPOSITORY to a clone');
  const costs: number[] = [];
  for (const files of [3_000, 80_000]) {
    if (!wanted(String(files))) continue;
    const large = await largeRepository(scratch, files, 41);
    costs.push((await compare(`${files} files, series of 5`, large.repository, large.series)).seconds);
  }
  const [small, large] = costs;
  if (small && large) console.log(`a durable patch on 80,000 files costs ${(large / small).toFixed(2)} x one on 3,000`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function wanted(name: string): boolean {
  return WANTED.length === 0 || WANTED.includes(name);
}

async function onRealRepository(): Promise<void> {
  // As patchew saw it: 69 % of series are one patch, most of the others two or three.
  const few = (pick: (below: number) => number) => [1, 1, 1, 1, 1, 1, 1, 2, 3, 6][pick(10)] ?? 1;
  const many = (pick: (below: number) => number) => 5 + pick(16);
  if (wanted('short'))
    await compare('short series, base changes each time', REAL, await realSeries(REAL, scratch, 61, 11, few));
  if (wanted('runs')) await compare('runs of 5-20 patches', REAL, await realSeries(REAL, scratch, 21, 12, many));
  if (wanted('open')) await tryOpenSeries(await realSeries(REAL, scratch, 300, 13, few, 1000));
}

/** What follows every move of a base: all open series are tried on it. */
async function tryOpenSeries(all: readonly BenchSeries[]): Promise<void> {
  const directory = mkdtempSync(join(scratch, 'mirror-'));
  cpSync(copyOf(REAL, true), join(directory, 'bench.git'), { recursive: true });
  const project = { project: 'bench', upstream: REAL, publish: [], branch: 'main', targetBranch: null };
  const mirror = await openMirror({ directory, git: { ...project, committer: COMMITTER }, log: silentLog });
  const patches = all.reduce((sum, { mails }) => sum + mails.length, 0);
  console.log(`\n== ${all.length} open series, ${patches} patches, tried on a base that has moved`);
  const head = gitOut(REAL, 'rev-parse', 'HEAD');
  for (const round of ['cold', 'warm']) {
    const start = performance.now();
    const states = new Map<string, number>();
    for (const { request } of all) {
      const { state } = await mirror.check(request, head);
      states.set(state, (states.get(state) ?? 0) + 1);
    }
    const seconds = (performance.now() - start) / 1000;
    console.log(
      `${round}: ${seconds.toFixed(2)} s, ${[...states].map(([state, count]) => `${count} ${state}`).join(', ')}`,
    );
  }
  await mirror.close();
}

/**
 * Everybody makes the first series before the clock starts: the mirror's processes live as long as the bot, and git has the tree in
 * its caches. Mails are read before, as the bot does when they arrive; what that takes is told by itself.
 */
async function compare(name: string, repository: string, given: readonly BenchSeries[]): Promise<Measured> {
  const all = given.filter((one) => !audited(one));
  const patches = patchesOf(all);
  console.log(
    `\n== ${name}: ${all.length} series, ${patches} patches timed, median of ${ROUNDS.mirror} rounds and ${ROUNDS.am} of git am, load ${load()}`,
  );
  // The mirror first: ext4 looks at every inode that was deleted in the last minutes before it makes a file, and git am deletes thousands.
  // What the bench itself has left is not the mirror's memory.
  globalThis.gc?.();
  const mirror = await rounds(ROUNDS.mirror, () => mirrored(repository, all, true));
  const again = await rounds(ROUNDS.mirror, () => mirrored(repository, all, false));
  const reading = await readMails(all);
  const index = applyCached(repository, all);
  const tree = copyOf(repository, false);
  const am = await rounds(ROUNDS.am, (round) => amInWorkTree(tree, all, round));
  say('git am in a work tree', patches, am, am);
  say('git am alone, checkout not counted', patches, { ...am, seconds: am.alone }, am);
  say('git apply --cached, write-tree, commit-tree', patches, index, am);
  say('mirror, durable per series', patches, mirror, am);
  say('  with the reading of the mails', patches, { ...mirror, seconds: mirror.seconds + reading }, am);
  say(
    '  with one series in 64 audited (computed)',
    patches,
    { ...mirror, seconds: mirror.seconds + am.alone / 64 },
    am,
  );
  say('mirror, does it apply? nothing written', patches, again, am);
  const figures = [
    `durable ${each(mirror, patches)}`,
    `nothing written ${each(again, patches)}`,
    `git am alone ${each(am, patches)}`,
  ];
  console.log(`ms/patch of each round: ${figures.join('; ')}`);
  const same = mirror.ids.filter((id, at) => id === am.ids[at]).length;
  console.log(
    `${same} of ${am.ids.length} tips identical; memory ${((mirror.memory ?? 0) / 1e6).toFixed(0)} MB; load ${load()}`,
  );
  return { ...mirror, seconds: mirror.seconds / patches };
}

/** True where git am makes the series again and compares, as it does with one in 64: it would be git am beside git am. */
function audited({ base, request }: BenchSeries): boolean {
  return isAudited({ state: 'applied', already: [] }, request.patches, { commit: base });
}

function patchesOf(all: readonly BenchSeries[]): number {
  return all.slice(1).reduce((sum, { mails }) => sum + mails.length, 0);
}

function load(): string {
  return loadavg()[0]?.toFixed(1) ?? '';
}

/** The median of each figure, and the seconds of every round. All rounds have to give the same ids. */
async function rounds(count: number, run: (round: number) => Measured | Promise<Measured>): Promise<Measured> {
  const done: Measured[] = [];
  for (let round = 0; round < count; round++) done.push(await run(round));
  const [first] = done;
  if (first === undefined || done.some(({ ids }) => ids.join() !== first.ids.join())) throw new Error('rounds differ');
  const middle = (of: (one: Measured) => number) => done.map(of).sort((a, b) => a - b)[done.length >> 1] ?? 0;
  return {
    ...first,
    seconds: middle(({ seconds }) => seconds),
    alone: middle(({ alone }) => alone),
    cpu: middle(({ cpu }) => cpu),
    rounds: done.map(({ alone }) => alone),
  };
}

function each({ rounds: seconds = [] }: Measured, patches: number): string {
  return seconds.map((one) => ((one * 1000) / patches).toFixed(2)).join(' ');
}

function say(what: string, patches: number, one: Measured, am: Measured): void {
  const cpu = `${one.cpu.toFixed(1).padStart(5)} s CPU (${(am.cpu / one.cpu).toFixed(1)} x)`;
  const rate = (patches / one.seconds).toFixed(0).padStart(6);
  const cost = ((one.seconds * 1000) / patches).toFixed(2).padStart(7);
  const ratios = `${(am.seconds / one.seconds).toFixed(1)} x git am, ${(am.alone / one.seconds).toFixed(1)} x git am alone`;
  console.log(
    `${what.padEnd(46)} ${rate}/s ${cost} ms/patch  ${one.seconds.toFixed(2).padStart(6)} s  ${ratios}  ${cpu}`,
  );
}

async function readMails(all: readonly BenchSeries[]): Promise<number> {
  const start = performance.now();
  for (const { mails, request } of all.slice(1)) await requestOf(mails, request.key);
  return (performance.now() - start) / 1000;
}

function amInWorkTree(tree: string, all: readonly BenchSeries[], round: number): Measured {
  forgetObjects(tree, round);
  gitOut(tree, 'checkout', '--quiet', '--force', '--detach', all[0]?.base ?? 'HEAD');
  let [start, used, alone] = [0, 0, 0];
  const ids = all.map(({ base, mails }, at) => {
    if (at === 1) [start, used, alone] = [performance.now(), cpuSeconds(), 0];
    gitOut(tree, 'checkout', '--quiet', '--force', '--detach', base);
    const before = performance.now();
    const am = git(tree, AM, { input: mboxOf(mails) });
    alone += performance.now() - before;
    if (am.code !== 0) throw new Error(am.err);
    return gitOut(tree, 'rev-parse', 'HEAD');
  });
  const seconds = (performance.now() - start) / 1000;
  gitOut(tree, 'checkout', '--quiet', '--force', '--detach', all[0]?.base ?? 'HEAD');
  return { seconds, alone: alone / 1000, cpu: cpuSeconds() - used, ids };
}

/** What an earlier round has made is moved out of sight, not deleted: git does not write what is there. */
function forgetObjects(tree: string, round: number): void {
  const objects = join(tree, '.git', 'objects');
  renameSync(objects, `${objects}-${round}`);
  mkdirSync(join(objects, 'info'), { recursive: true });
  mkdirSync(join(objects, 'pack'));
  cpSync(join(`${objects}-${round}`, 'info', 'alternates'), join(objects, 'info', 'alternates'));
}

/** What a bot without a work tree and without an engine does: an index of the whole tree, three processes a patch. */
function applyCached(repository: string, all: readonly BenchSeries[]): Measured {
  const bare = copyOf(repository, true);
  const env = { GIT_INDEX_FILE: join(scratch, 'index'), GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.org' };
  let [start, used] = [0, 0];
  const ids = all.map(({ base, request }, series) => {
    if (series === 1) [start, used] = [performance.now(), cpuSeconds()];
    let tip = base;
    git(bare, ['read-tree', base], { env });
    for (const { diff, message } of request.patches) {
      const applied = git(bare, ['apply', '--cached', '--whitespace=nowarn', '-'], {
        env,
        input: Buffer.from(diff, 'latin1'),
      });
      if (applied.code !== 0) throw new Error(applied.err);
      const tree = git(bare, ['write-tree'], { env }).out.toString().trim();
      tip = git(bare, ['commit-tree', tree, '-p', tip], { env, input: message }).out.toString().trim();
    }
    return tip;
  });
  const seconds = (performance.now() - start) / 1000;
  return { seconds, alone: seconds, cpu: cpuSeconds() - used, ids };
}

async function mirrored(repository: string, all: readonly BenchSeries[], write: boolean): Promise<Measured> {
  const directory = mkdtempSync(join(scratch, 'mirror-'));
  cpSync(copyOf(repository, true), join(directory, 'bench.git'), { recursive: true });
  const project = { project: 'bench', upstream: repository, publish: [], branch: 'main', targetBranch: null };
  const mirror = await openMirror({ directory, git: { ...project, committer: COMMITTER }, log: silentLog });
  const ids: string[] = [];
  let [start, used] = [0, 0];
  for (const [at, { base, request }] of all.entries()) {
    if (at === 1) [start, used] = [performance.now(), cpuSeconds()];
    const result = write ? await mirror.apply(request, base) : { ...(await mirror.check(request, base)), tip: null };
    if (result.state !== 'applied') throw new Error(result.reason);
    ids.push(result.tip ?? '');
  }
  const seconds = (performance.now() - start) / 1000;
  const memory = process.memoryUsage().rss;
  await mirror.close();
  // The long-lived processes count once they have ended.
  await sleep(300);
  return { seconds, alone: seconds, cpu: cpuSeconds() - used, ids, memory };
}

/** Processor time of this process and of all that it has waited for. */
function cpuSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

function copyOf(repository: string, bare: boolean): string {
  const copy = mkdtempSync(join(scratch, 'copy-'));
  gitOut('/', 'clone', '--quiet', '--shared', bare ? '--bare' : '--no-checkout', repository, copy);
  return copy;
}
