import { spawnSync } from 'node:child_process';
import { appendFileSync, closeSync, mkdtempSync, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchSeries, chance, git, GIT_ENV, gitOut, mailsOf, requestOf } from './mirror-series.ts';

const AUTHOR = 'Ann Author <ann@example.org> 1700000000 +0100';

/**
 * Series made of real runs of first-parent commits, whose added lines are altered: then no repository holds a result yet, and
 * everybody has to write it.
 * @param lengthOf number of patches of the next series
 * @param depth how many commits back a series may be
 */
export async function realSeries(
  repository: string,
  scratch: string,
  count: number,
  seed: number,
  lengthOf: (pick: (below: number) => number) => number,
  depth = 9000,
): Promise<BenchSeries[]> {
  const pick = chance(seed);
  const work = mkdtempSync(join(scratch, 'altered-'));
  gitOut('/', 'clone', '--quiet', '--shared', '--bare', repository, work);
  const commits = gitOut(work, 'rev-list', '--first-parent', '--no-merges', '-n', String(depth), 'HEAD').split('\n');
  const all: BenchSeries[] = [];
  while (all.length < count) {
    const length = lengthOf(pick);
    const tip = commits[pick(commits.length - 1)] ?? '';
    const base = gitOut(work, 'rev-parse', `${tip}~${length}`);
    const altered = alteredTip(work, base, tip, `run-${all.length}`);
    if (altered === null) continue;
    const mails = mailsOf(work, `${base}..${altered}`, '--no-renames');
    const request = mails.length === length ? await requestOf(mails, `run ${all.length}`) : null;
    if (request !== null) all.push({ base, mails, request });
  }
  return all;
}

/** Commits the run again with altered lines; null for runs with files that are not text. */
function alteredTip(work: string, base: string, tip: string, name: string): string | null {
  const known = new Map<string, ReadonlySet<string>>();
  const stream: Buffer[] = [];
  const say = (text: string) => stream.push(Buffer.from(text, 'latin1'));
  // fast-import goes on with the branch where no "from" is given.
  let from = `from ${base}\n`;
  for (const commit of gitOut(work, 'rev-list', '--reverse', '--first-parent', `${base}..${tip}`).split('\n')) {
    const changes = gitOut(
      work,
      'diff-tree',
      '-r',
      '--no-renames',
      '--no-commit-id',
      '--diff-filter=AMDT',
      `${commit}^`,
      commit,
    );
    const message = `Altered ${commit}\n`;
    say(
      `commit refs/heads/altered/${name}\nauthor ${AUTHOR}\ncommitter ${AUTHOR}\ndata ${message.length}\n${message}${from}`,
    );
    from = '';
    for (const line of changes.split('\n')) {
      const [, , mode = '', , id = '', status = '', path = ''] =
        /^:(\d+) (\d+) (\w+) (\w+) (\w)\t(.*)$/.exec(line) ?? [];
      if (status === '' || status === 'T' || mode.startsWith('16') || path.startsWith('"')) return null;
      if (status === 'D') {
        say(`D ${path}\n`);
        continue;
      }
      if (!known.has(path)) known.set(path, new Set(linesOf(git(work, ['show', `${base}:${path}`]).out)));
      const text = git(work, ['cat-file', 'blob', id]).out;
      if (text.includes(0)) return null;
      const before = known.get(path) ?? new Set();
      const content = linesOf(text)
        .map((one) => (before.has(one) ? one : one.replace(/(?=\n?$)/, '~')))
        .join('');
      say(`M ${mode} inline ${path}\ndata ${content.length}\n${content}\n`);
    }
  }
  const made = git(work, ['fast-import', '--quiet', '--force'], { input: Buffer.concat(stream) });
  return made.code === 0 ? gitOut(work, 'rev-parse', `refs/heads/altered/${name}`) : null;
}

function linesOf(text: Buffer): string[] {
  return text.toString('latin1').split(/(?<=\n)/);
}

/** A repository of that many files in directories of about a hundred, and series of patches of two files each. */
export async function largeRepository(
  scratch: string,
  files: number,
  count: number,
  patches = 5,
): Promise<{ readonly repository: string; readonly series: BenchSeries[] }> {
  const repository = mkdtempSync(join(scratch, 'large-'));
  gitOut('/', 'init', '--quiet', '--bare', '--initial-branch=main', repository);
  const path = (at: number) => `d${Math.floor(at / 4000)}/s${Math.floor(at / 100) % 40}/f${at}.c`;
  const content = (at: number) => Array.from({ length: 300 }, (_, line) => `${at}: line ${line} of some file\n`);
  const commit = (ref: string, number: number, from: string) =>
    `commit ${ref}\nauthor ${AUTHOR}\ncommitter ${AUTHOR}\ndata 8\nNumber ${number % 10}${from === '' ? '' : `\nfrom ${from}`}\n`;
  const put = (at: number, text: string) => `M 100644 inline ${path(at)}\ndata ${text.length}\n${text}\n`;
  // Through a file: the memory of this process is measured.
  const stream = join(repository, 'stream');
  const add = (text: string) => appendFileSync(stream, text);
  add(commit('refs/heads/main', 0, ''));
  for (let at = 0; at < files; at++) add(put(at, content(at).join('')));
  const pick = chance(files);
  for (let series = 0; series < count; series++)
    for (let patch = 1; patch <= patches; patch++) {
      add(commit(`refs/heads/s${series}`, patch, patch === 1 ? 'refs/heads/main' : ''));
      for (let file = 0; file < 2; file++) {
        const at = pick(files);
        add(put(at, content(at).with(pick(300), `changed in series ${series} by patch ${patch}\n`).join('')));
      }
    }
  const input = openSync(stream, 'r');
  const made = spawnSync('git', ['fast-import', '--quiet'], { cwd: repository, env: GIT_ENV, stdio: [input, 2, 2] });
  closeSync(input);
  if (made.status !== 0) throw new Error('git fast-import failed');
  unlinkSync(stream);
  const base = gitOut(repository, 'rev-parse', 'main');
  const all: BenchSeries[] = [];
  for (let series = 0; series < count; series++) {
    const mails = mailsOf(repository, `main..s${series}`);
    const request = await requestOf(mails, `series ${series}`);
    if (request !== null) all.push({ base, mails, request });
    gitOut(repository, 'update-ref', '-d', `refs/heads/s${series}`);
  }
  // The results must not be there when they are made again. Files of a real tip stand on few others: xen.git's on 1.0 and LTP's on
  // 2.0 in the middle, nine of ten on 2 and 5 at most; fast-import alone would have made chains of 25, which only git would unroll.
  gitOut(repository, 'repack', '-a', '-d', '-q', '--depth=2');
  return { repository, series: all };
}
