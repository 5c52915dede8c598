/**
 * `npm run bench:maintainers -- GIT [COUNT]`: answers of `patchloom maintainers` beside those of the tree's own
 * scripts/get_maintainer.pl, on COUNT commits of master since 2019 (1,000), evenly spread, each with the MAINTAINERS of its parent
 * (xen.git, or a tree with Linux's script). Prints every disagreement. Needs perl and git.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { peopleFilesOf, treePeople } from '../handlers/tree-people.ts';
import { recipientsFor } from '../src/review/maintainers-list.ts';
import { questionOf } from '../src/review/maintainers-question.ts';

const [repository = '', count = '1000'] = process.argv.slice(2);
const git = (...args: string[]): Buffer =>
  execFileSync('git', [`--git-dir=${repository}`, ...args], { maxBuffer: 1 << 28 });

function sample(): readonly string[] {
  const all = git('rev-list', '--no-merges', '--since=2019-01-01', 'master').toString().trim().split('\n');
  const step = all.length / Number(count);
  return Array.from({ length: Math.min(Number(count), all.length) }, (_, at) => all[Math.floor(at * step)] ?? '');
}

/** Lays out what the script reads: MAINTAINERS, .mailmap, and the folders that patterns name. */
function layOut(place: string, files: Awaited<ReturnType<typeof peopleFilesOf>>): void {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'MAINTAINERS'), files.maintainers ?? '');
  if (files.mailmap !== '') writeFileSync(join(place, '.mailmap'), files.mailmap);
  for (const folder of files.folders) mkdirSync(join(place, folder), { recursive: true });
}

function script(place: string, path: string): string[] {
  const out = execFileSync('perl', [path, ...options, join(dirname(path), 'one.patch')], { cwd: place, stdio: 'pipe' });
  return out.toString('utf8').trim().split('\n');
}

const master = git('rev-parse', 'master').toString().trim();
const perlText = git('show', `${master}:scripts/get_maintainer.pl`).toString('latin1');
const xen = perlText.includes('xen-maintainers');
/** Linux's script looks into git history and wants to stand in its own tree. */
const options = xen ? ['--roles'] : ['--roles', '--norolestats', '--no-tree', '--nogit', '--nogit-fallback'];
const top = mkdtempSync(join(tmpdir(), 'patchloom-maintainers-'));
const perl = join(top, 'get_maintainer.pl');
writeFileSync(perl, perlText, 'latin1');
const commits = sample();
let same = 0;
let ours = 0;
let judged = 0;
for (const commit of commits) {
  const patch = git('format-patch', '-1', '--stdout', '--no-signature', commit);
  writeFileSync(join(top, 'one.patch'), patch);
  const question = questionOf(patch.toString('latin1'));
  const files = await peopleFilesOf(repository, git('rev-parse', `${commit}^`).toString().trim());
  // Xen's script refuses files without the version line that they have had since 2020.
  const text = files.maintainers ?? '';
  const dated =
    !xen || /^V:\s*xen-maintainers/m.test(text) ? text : text.replace(/^THE REST$/m, 'THE REST\nV:\txen-maintainers-1');
  const known = { ...files, maintainers: dated, conf: '' };
  if (question === null) continue;
  judged += 1;
  layOut(join(top, 'tree'), known);
  const theirs = script(join(top, 'tree'), perl).map(simple);
  const start = performance.now();
  const people = treePeople(known);
  const found =
    people.maintainers === null ? [] : recipientsFor(people.maintainers, question, people.conf.options, people.mailmap);
  ours += performance.now() - start;
  const mine = found.map((one) => `${one.email.toLowerCase()} ${one.role}`);
  const [left, right] = [[...new Set(theirs)].sort().join('\n'), mine.toSorted().join('\n')];
  if (left === right) same += 1;
  else {
    console.log(`${commit.slice(0, 12)} ${question.paths.length} paths`);
    for (const line of theirs) if (!mine.includes(line)) console.log(`  script only: ${line}`);
    for (const line of mine) if (!theirs.includes(line)) console.log(`  ours only:   ${line}`);
  }
}
rmSync(top, { recursive: true });
console.log(`${same} of ${judged} answers are the same; ours took ${(ours / judged).toFixed(1)} ms each`);

/** `"Name" <mail> (supporter:AREA)` as `mail role`. */
function simple(line: string): string {
  const email = /<([^<>]+)>/.exec(line) ?? /^(\S+)/.exec(line);
  const role = /\((?:(reviewer)|(?:open|moderated|subscriber) (list)|[^()]*)/.exec(line);
  return `${(email?.[1] ?? '').toLowerCase()} ${role?.[1] ?? role?.[2] ?? 'maintainer'}`;
}
