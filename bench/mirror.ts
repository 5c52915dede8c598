/**
 * `npm run bench:mirror -- [short] [runs] [open] [3000] [80000]`: from patches to commits, beside `git am` in a work tree and `git apply --cached`. Works on
 * copies of a repository (PATCHLOOM_BENCH_REPOSITORY: a clone of xen.git, say) and on a generated one of 80,000 files.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAudited } from '../src/mirror/audit.ts';
import { openMirror } from '../src/mirror/open.ts';
import { silentLog } from '../src/util/log.ts';
import { largeRepository, realSeries } from './mirror-data.ts';
import { type BenchSeries, COMMITTER, git, gitOut, mboxOf } from './mirror-series.ts';

const WANTED = process.argv.slice(2);
const REAL = process.env['PATCHLOOM_BENCH_REPOSITORY'] ?? '';
const scratch = mkdtempSync(join(tmpdir(), 'patchloom-bench-'));

/** What one way of making commits took; `ids` are compared. */
interface Measured {
  readonly seconds: number;
  /** Without setting up the work tree. */
  readonly alone: number;
  /** Seconds of all processes together, which the load of the machine hardly changes. */
  readonly cpu: number;
  readonly ids: readonly string[];
  /** Of `seconds`: the series that git am made again, because one in 64 is always compared. */
  readonly audits?: { readonly count: number; readonly seconds: number };
}

try {
  if (existsSync(REAL)) await onRealRepository();
  else console.log('no real repository: set PATCHLOOM_BENCH_REPOSITORY to a clone');
  for (const files of [3_000, 80_000]) {
    if (!wanted(String(files))) continue;
    const large = await largeRepository(scratch, files, 40);
    await compare(`${files} files, series of 5`, large.repository, large.series);
  }
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
    await compare('short series, base changes each time', REAL, await realSeries(REAL, scratch, 60, 11, few));
  if (wanted('runs')) await compare('runs of 5-20 patches', REAL, await realSeries(REAL, scratch, 20, 12, many));
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

async function compare(name: string, repository: string, all: readonly BenchSeries[]): Promise<void> {
  const patches = all.reduce((sum, { mails }) => sum + mails.length, 0);
  console.log(`\n== ${name}: ${all.length} series, ${patches} patches`);
  // The mirror first: ext4 looks at every inode that was deleted in the last minutes before it makes a file, and git am deletes thousands.
  const again = await mirrored(repository, all, false);
  const mirror = await mirrored(repository, all, true);
  const memory = process.memoryUsage().rss;
  const index = applyCached(repository, all);
  const am = amInWorkTree(repository, all);
  say('git am in a work tree', patches, am, am);
  say('git am alone, checkout not counted', patches, { ...am, seconds: am.alone }, am);
  say('git apply --cached, write-tree, commit-tree', patches, index, am);
  say('mirror, durable per series', patches, mirror, am);
  const { count, seconds } = mirror.audits ?? { count: 0, seconds: 0 };
  if (count > 0)
    say(`  less ${count} audited by git am`, patches, { ...mirror, seconds: mirror.seconds - seconds }, am);
  say('mirror, does it apply? nothing written', patches, again, am);
  const same = mirror.ids.filter((id, at) => id === am.ids[at]).length;
  console.log(`${same} of ${am.ids.length} tips identical; memory ${(memory / 1e6).toFixed(0)} MB`);
}

function say(what: string, patches: number, one: Measured, am: Measured): void {
  const cpu = `${one.cpu.toFixed(1).padStart(5)} s CPU (${(am.cpu / one.cpu).toFixed(1)} x)`;
  const rate = (patches / one.seconds).toFixed(0).padStart(6);
  const each = ((one.seconds * 1000) / patches).toFixed(2).padStart(7);
  const ratios = `${(am.seconds / one.seconds).toFixed(1)} x git am, ${(am.alone / one.seconds).toFixed(1)} x git am alone`;
  console.log(
    `${what.padEnd(46)} ${rate}/s ${each} ms/patch  ${one.seconds.toFixed(2).padStart(6)} s  ${ratios}  ${cpu}`,
  );
}

function amInWorkTree(repository: string, all: readonly BenchSeries[]): Measured {
  const tree = copyOf(repository, false);
  gitOut(tree, 'checkout', '--quiet', '--force', '--detach', all[0]?.base ?? 'HEAD');
  const [start, used] = [performance.now(), cpuSeconds()];
  let alone = 0;
  const ids = all.map(({ base, mails }) => {
    gitOut(tree, 'checkout', '--quiet', '--force', '--detach', base);
    const before = performance.now();
    const am = git(tree, ['am', '--quiet', '--committer-date-is-author-date'], { input: mboxOf(mails) });
    alone += performance.now() - before;
    if (am.code !== 0) throw new Error(am.err);
    return gitOut(tree, 'rev-parse', 'HEAD');
  });
  const seconds = (performance.now() - start) / 1000;
  return { seconds, alone: alone / 1000, cpu: cpuSeconds() - used, ids };
}

/** What a bot without a work tree and without an engine does: an index of the whole tree, three processes a patch. */
function applyCached(repository: string, all: readonly BenchSeries[]): Measured {
  const bare = copyOf(repository, true);
  const env = { GIT_INDEX_FILE: join(scratch, 'index'), GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.org' };
  const [start, used] = [performance.now(), cpuSeconds()];
  const ids = all.map(({ base, request }) => {
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
  const [start, used] = [performance.now(), cpuSeconds()];
  const mirror = await openMirror({ directory, git: { ...project, committer: COMMITTER }, log: silentLog });
  const ids: string[] = [];
  const audits = { count: 0, seconds: 0 };
  for (const { base, request } of all) {
    const before = performance.now();
    const result = write ? await mirror.apply(request, base) : { ...(await mirror.check(request, base)), tip: null };
    if (result.state !== 'applied') throw new Error(result.reason);
    ids.push(result.tip ?? '');
    if (!write || !isAudited({ state: 'applied', already: [] }, request.patches, { commit: base })) continue;
    audits.count++;
    audits.seconds += (performance.now() - before) / 1000;
  }
  const seconds = (performance.now() - start) / 1000;
  await mirror.close();
  // The long-lived processes count once they have ended.
  await sleep(300);
  return { seconds, alone: seconds, cpu: cpuSeconds() - used, ids, audits };
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
