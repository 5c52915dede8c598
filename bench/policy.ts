/**
 * `npm run bench:policy -- XEN_GIT`: the approval rules of the check-in policy over every non-merge commit of master since
 * 2019-01-01, with its final trailers and the MAINTAINERS of its parent. Says how many hold them, and why the others do not.
 * `--list CLASS` prints the commits of a class.
 */
import type { Address } from '../src/mail/message.ts';
import { readPeopleFiles, treePeople, type TreePeople } from '../handlers/tree-people.ts';
import { readTreeFiles } from '../src/mirror/upstream-files.ts';
import { type UpstreamCommit, upstreamLog } from '../src/mirror/upstream-log.ts';
import { namedCommit, repositoryAt } from '../src/mirror/upstream-tree.ts';
import { policyPatchOf } from '../src/review/commit-tags.ts';
import { coverageOf } from '../src/review/maintainers-cover.ts';
import { NO_MAILMAP } from '../src/review/mailmap.ts';
import { peopleOf } from '../src/review/people.ts';
import { approvalsOf } from '../src/review/policy-patch.ts';

const NONE = { maintainers: null, conf: '', mailmap: '', folders: [] };
const NOT_THEIRS = 'Acked-by of somebody who maintains none of the files';
const [where = '', flag, wanted] = process.argv.slice(2);
const start = performance.now();
const repository = await repositoryAt(where);
const tip = await namedCommit(repository, 'master');
const commits = (await upstreamLog(repository, { to: tip, since: '2019-01-01T00:00:00Z' })).filter(
  (one) => one.parents.length === 1,
);
const parents = commits.map(({ parents: [parent = ''] }) => parent);
const texts = await readTreeFiles(
  repository,
  parents.map((commit) => ({ commit, name: 'MAINTAINERS' })),
  4 << 20,
);
/** One commit for each text of the file: a history of years has a hundred of them. */
const firsts = new Map(texts.map((text, at) => [text ?? '', parents[at] ?? '']));
const files = await readPeopleFiles(repository, [...firsts.values()]);
const trees = new Map(
  [...firsts.keys()].map((text, at): [string, TreePeople] => [text, treePeople(files[at] ?? NONE)]),
);
console.log(`${commits.length} commits, ${trees.size} MAINTAINERS files read after ${seconds()} s`);

const textOf = new Map(commits.map(({ commit }, at) => [commit, texts[at] ?? '']));
const treeOf = ({ commit }: UpstreamCommit): Pick<TreePeople, 'maintainers'> =>
  trees.get(textOf.get(commit) ?? '') ?? { maintainers: null };
const people = peopleOf(NO_MAILMAP, []);
const counts = new Map<string, string[]>();
const tally = (what: string, { commit, title }: UpstreamCommit): void => {
  const list = counts.get(what) ?? [];
  list.push(`${commit.slice(0, 12)} ${title}`);
  counts.set(what, list);
};
for (const commit of commits) {
  const { maintainers } = treeOf(commit);
  const patch = policyPatchOf({ ...commit, date: commit.committed });
  const { files, other } = approvalsOf(patch, maintainers, people);
  const approved = files === null || files.every(({ level, levels }) => level !== null || levels.length === 0);
  const specific = files === null || files.every(({ level, levels }) => level === 0 || levels.length === 0);
  if (approved) tally('maintainer', commit);
  if (other !== null) tally('other', commit);
  if (approved && other !== null) tally('both', commit);
  if (approved && other !== null && specific) tally('specific', commit);
  if (!approved) tally(`no maintainer: ${whyUnapproved(commit, patch, files ?? [])}`, commit);
  const anyAck = other === null && whyAlone(commit, patch) === NOT_THEIRS;
  if (approved && anyAck) tally('both, but for whose ack', commit);
  if (other === null) tally(`nobody else: ${whyAlone(commit, patch)}`, commit);
}

/** Why no maintainer approved some file, the first reason that fits. */
function whyUnapproved(
  commit: UpstreamCommit,
  patch: ReturnType<typeof policyPatchOf>,
  files: NonNullable<ReturnType<typeof approvalsOf>['files']>,
): string {
  const open = files.filter(({ level, levels }) => level === null && levels.length > 0);
  const able = (one: (typeof open)[number]): readonly Address[] =>
    one.levels.flat().flatMap(({ maintainers }) => maintainers);
  if (open.every((one) => people.among(commit.committer, able(one)))) tally('committer', commit);
  const { maintainers } = treeOf(commit);
  const reviewers = open.flatMap(({ path }) =>
    maintainers === null ? [] : coverageOf(maintainers, path).flatMap(({ section }) => section.reviewers),
  );
  const given = patch.tags.filter(({ kind }) => /^(?:Acked|Reviewed)-by$/.test(kind));
  if (given.some((tag) => tag.area !== null && open.some((one) => people.among(tag, able(one)))))
    return 'a maintainer approved it for a part only (# area)';
  if (given.some((tag) => people.among(tag, reviewers))) return 'approved by a designated reviewer (R:) only';
  if (open.length < files.length) return 'a maintainer approved some of the files only';
  if (given.length > 0) return 'approved by people who maintain none of the files';
  return 'no Acked-by or Reviewed-by at all';
}

function whyAlone(commit: UpstreamCommit, patch: ReturnType<typeof policyPatchOf>): string {
  const kinds = new Set(patch.tags.map(({ kind }) => kind));
  const acked = patch.tags.some(({ kind }) => kind === 'Acked-by' || kind === 'Reviewed-by');
  if (acked) {
    return patch.tags.every((tag) => !/^(?:Acked|Reviewed)-by$/.test(tag.kind) || people.same(tag, commit.author))
      ? 'the only approval is the author’s own'
      : NOT_THEIRS;
  }
  const own = people.same(commit.committer, commit.author);
  if (commit.title.startsWith('Revert "')) return 'a revert';
  if (
    own &&
    commit.paths.every((path) =>
      /^(?:README|Config\.mk|SUPPORT\.md|CHANGELOG\.md|MAINTAINERS|xen\/Makefile|configure|.*\/configure)$/.test(path),
    )
  )
    return 'release housekeeping (versions, MAINTAINERS, configure) by a committer';
  if (!own) return 'somebody else committed it, and left no tag';
  if (kinds.has('Release-acked-by')) return 'a committer’s own, with a Release-acked-by only';
  return 'a committer’s own, without any tag';
}

const share = (...what: readonly string[]): string => {
  const count = what.reduce((sum, one) => sum + (counts.get(one)?.length ?? 0), 0);
  return `${String(count).padStart(6)}  ${((100 * count) / commits.length).toFixed(1).padStart(5)} %`;
};
console.log(`${share('maintainer')}  each file approved by a maintainer (reference 97.9 %)`);
console.log(`${share('other')}  approved by somebody else than the author (reference 97.2 %)`);
console.log(`${share('other', `nobody else: ${NOT_THEIRS}`)}    the same, where an Acked-by by anybody would do`);
console.log(`${share('both')}  both rules (reference 95.6 %)`);
console.log(`${share('both', 'both, but for whose ack')}    the same, where an Acked-by by anybody would do`);
console.log(`${share('specific')}  both, by the most specific maintainer of each file (reference 80.6 %)`);
for (const rule of ['no maintainer', 'nobody else']) {
  const classes = [...counts].filter(([name]) => name.startsWith(`${rule}: `));
  console.log(`\n${rule}: ${classes.reduce((sum, [, list]) => sum + list.length, 0)}`);
  for (const [name, list] of classes.toSorted((one, other) => other[1].length - one[1].length))
    console.log(`${String(list.length).padStart(6)}  ${name.slice(rule.length + 2)}`);
}
console.log(
  `\nOf those without a maintainer's approval, ${counts.get('committer')?.length ?? 0} were committed by a maintainer of the files, who left no tag.`,
);
if (flag === '--list') for (const line of counts.get(wanted ?? '') ?? []) console.log(line);
console.log(`\n${seconds()} s`);

function seconds(): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}
