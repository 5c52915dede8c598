/**
 * By hand: `node bench/mirror-equal.ts REPOSITORY COUNT [SEED]` exports random runs of 1-20 first-parent commits of a repository,
 * mirrors them and compares every commit id with `git am --committer-date-is-author-date`.
 * `node bench/mirror-equal.ts REPOSITORY ltp JSONL MBOX...` does so for the series of `apply-2024.jsonl` from their real mails.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMirror } from '../src/mirror/open.ts';
import { mboxSource } from '../src/source/mbox.ts';
import { silentLog } from '../src/util/log.ts';
import { type BenchSeries, chance, COMMITTER, git, gitOut, mailsOf, mboxOf, requestOf } from './mirror-series.ts';

const [repository = '', what = '200', ...rest] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'patchloom-equal-'));
try {
  await compareAll(what === 'ltp' ? ltpSeries(rest) : randomRuns(Number(what), Number(rest[0] ?? 1)));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function* randomRuns(count: number, seed: number): AsyncIterable<BenchSeries> {
  const pick = chance(seed);
  const commits = gitOut(repository, 'rev-list', '--first-parent', '--no-merges', '-n', '12000', 'HEAD').split('\n');
  for (let run = 0; run < count; run++) {
    const length = 1 + pick(20);
    const tip = commits[pick(commits.length - 1)] ?? '';
    const base = gitOut(repository, 'rev-parse', `${tip}~${length}`);
    const mails = mailsOf(repository, `${base}..${tip}`, '--first-parent', '--no-merges');
    const request = await requestOf(mails, `run ${run}`);
    if (request !== null) yield { base, mails, request };
  }
}

async function* ltpSeries([jsonl = '', ...boxes]: readonly string[]): AsyncIterable<BenchSeries> {
  const raw = new Map<string, Buffer>();
  for (const box of boxes)
    for await (const mail of mboxSource(box).read(null, new AbortController().signal)) {
      const msgid = /^message-id:\s*<([^>]+)>/im.exec(Buffer.from(mail.raw).toString('latin1'))?.[1] ?? '';
      if (!raw.has(msgid)) raw.set(msgid, Buffer.from(mail.raw));
    }
  for (const line of readFileSync(jsonl, 'utf8').trim().split('\n')) {
    const { msgids, base } = JSON.parse(line) as { msgids: string[]; base: string };
    const mails = msgids.flatMap((msgid) => raw.get(msgid) ?? []);
    if (mails.length < msgids.length) {
      console.log(`${msgids[0]}: a mail is missing`);
      continue;
    }
    const request = await requestOf(mails, msgids[0] ?? '');
    if (request === null) console.log(`${msgids[0]}: a mail without a patch`);
    else yield { base, mails, request };
  }
}

async function compareAll(all: AsyncIterable<BenchSeries>): Promise<void> {
  const tree = join(scratch, 'tree');
  gitOut('/', 'clone', '--quiet', '--shared', '--no-checkout', repository, tree);
  gitOut('/', 'clone', '--quiet', '--shared', '--bare', repository, join(scratch, 'bench.git'));
  const project = { project: 'bench', upstream: repository, publish: [], branch: 'main', targetBranch: null };
  const mirror = await openMirror({ directory: scratch, git: { ...project, committer: COMMITTER }, log: silentLog });
  const tally = new Map<string, number>();
  let patches = 0;
  for await (const { base, mails, request } of all) {
    const theirs = amCommits(tree, base, mails, []);
    const result = await mirror.apply(request, base);
    patches += mails.length;
    let verdict = `${result.state} by ${result.step}`;
    if (result.state === 'applied') {
      const other = theirs ?? amCommits(tree, base, mails, ['-3']);
      const same = JSON.stringify(other?.ids) === JSON.stringify(result.commits);
      const sameTree = other?.tree === result.tree;
      verdict += same
        ? ', identical'
        : sameTree
          ? ', SAME TREES, OTHER COMMITS'
          : other === null
            ? ', GIT DOES NOT APPLY IT'
            : ', WRONG';
      verdict += theirs === null ? ' to git am -3' : '';
    } else verdict += theirs === null ? ', git am does not apply it either' : ', GIT APPLIES IT';
    tally.set(verdict, (tally.get(verdict) ?? 0) + 1);
    if (/[A-Z]{4}/.test(verdict) || result.step !== 'engine')
      console.log(`${request.msgid} on ${base.slice(0, 12)}: ${verdict}: ${result.reason}${result.because}`);
  }
  await mirror.close();
  console.log(`${patches} patches`);
  for (const [verdict, count] of tally) console.log(`${String(count).padStart(6)}  ${verdict}`);
  const fsck = git(join(scratch, 'bench.git'), ['fsck', '--strict', '--no-dangling', '--connectivity-only']);
  console.log(fsck.code === 0 ? 'fsck clean' : `fsck: ${fsck.out.toString().split('\n')[0]}`);
}

function amCommits(
  tree: string,
  base: string,
  mails: readonly Buffer[],
  options: readonly string[],
): { ids: string[]; tree: string } | null {
  git(tree, ['am', '--abort']);
  gitOut(tree, 'checkout', '--quiet', '--force', '--detach', base);
  const am = git(tree, ['am', '--quiet', '--committer-date-is-author-date', ...options], { input: mboxOf(mails) });
  if (am.code !== 0) return null;
  const ids = gitOut(tree, 'rev-list', '--reverse', '--first-parent', `${base}..HEAD`).split('\n');
  return { ids, tree: gitOut(tree, 'rev-parse', 'HEAD^{tree}') };
}
