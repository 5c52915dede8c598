import { COUNTING, type Tag } from '../../review/tag.ts';
import { keptChecks, type KeptCheck } from '../../store/checks.ts';
import { type ListedSeries, listedSeriesWith } from '../../store/listed-series.ts';
import { markedPatches, type PatchMark } from '../../store/patch-marks.ts';
import { tagsOfPatches } from '../../store/patch-tags.ts';
import { peopleOf, type StoredPerson } from '../../store/people.ts';
import { commitsOf } from '../../store/landed.ts';
import type { Posting } from '../../store/postings.ts';
import { type Asked, naive } from './asked.ts';
import { combined } from './check-view.ts';
import { type NumberedUser, personEmbed, userEmbed, usersOf } from './people-view.ts';
import { projectEmbed } from './project-view.ts';
import { archiveUrl, postingUrl, seriesUrl } from './urls.ts';

/** What patches and covers of one page need beside their own rows, read once for all. */
export interface Surroundings {
  readonly people: ReadonlyMap<number, StoredPerson>;
  readonly users: readonly NumberedUser[];
  /** By `project msgid`. */
  readonly series: ReadonlyMap<string, readonly ListedSeries[]>;
  readonly marks: ReadonlyMap<string, PatchMark>;
  readonly checks: ReadonlyMap<string, readonly KeptCheck[]>;
  readonly tags: ReadonlyMap<string, readonly Tag[]>;
  readonly commits: ReadonlyMap<string, string>;
}

const idOf = ({ project, msgid }: Pick<Posting, 'project' | 'msgid'>): string => `${project} ${msgid}`;

/** Reads what belongs to the postings of one page. */
export async function surroundingsOf(asked: Asked, rows: readonly Posting[]): Promise<Surroundings> {
  const { db } = asked;
  const patches = rows.filter(({ kind }) => kind === 'patch');
  const series = new Map<string, ListedSeries[]>();
  const msgids = rows.map(({ msgid }) => msgid);
  for (const { member, ...one } of await listedSeriesWith(db, msgids)) {
    const id = idOf({ project: one.project, msgid: member });
    series.set(id, [...(series.get(id) ?? []), one]);
  }
  const checks = new Map<string, readonly KeptCheck[]>();
  const tags = new Map<string, readonly Tag[]>();
  for (const project of new Set(patches.map((row) => row.project))) {
    const own = patches.filter((row) => row.project === project);
    const ownIds = own.map(({ msgid }) => msgid);
    const keys = new Set(own.flatMap((row) => series.get(idOf(row))?.map(({ key }) => key) ?? []));
    const kept = await keptChecks(db, project, ownIds, [...keys]);
    for (const row of own) {
      const ofSeries = new Set(series.get(idOf(row))?.map(({ key }) => key));
      const its = kept.filter(({ key, check }) =>
        check.patch === null ? ofSeries.has(key) : check.patch === row.msgid,
      );
      checks.set(idOf(row), its);
    }
    for (const [msgid, said] of await tagsOfPatches(db, project, ownIds)) tags.set(idOf({ project, msgid }), said);
  }
  const numbers = rows.flatMap(({ person, delegate }) => (delegate === null ? [person] : [person, delegate]));
  const patchIds = patches.map(({ msgid }) => msgid);
  return {
    people: await peopleOf(db, numbers),
    users: await usersOf(asked),
    series,
    marks: await markedPatches(db, patchIds),
    checks,
    tags,
    commits: await commitsOf(db, patchIds),
  };
}

/** A series where it stands in something else. */
export function seriesEmbed(asked: Asked, { id, project, posted, name, version }: ListedSeries) {
  return {
    id,
    url: `${asked.api}/series/${id}/`,
    ...(asked.minor < 1 ? {} : { web_url: seriesUrl(asked, project, id) }),
    date: naive(posted),
    name,
    version,
    mbox: `${asked.origin}/series/${id}/mbox/`,
  };
}

/** A patch or cover where it stands in something else. */
export function postingEmbed(asked: Asked, row: Posting, kind: 'patch' | 'cover') {
  const url = postingUrl(asked, kind, row);
  const { minor } = asked;
  return {
    id: row.id,
    url: `${asked.api}/${kind === 'patch' ? 'patches' : 'covers'}/${row.id}/`,
    ...(minor < 1 ? {} : { web_url: url }),
    msgid: row.msgid,
    ...(minor < 2 ? {} : { list_archive_url: archiveUrl(asked, row.project, row.msgid) }),
    date: naive(row.posted),
    name: row.name,
    ...(kind === 'cover' && minor < 1 ? {} : { mbox: `${url}mbox/` }),
  };
}

function common(asked: Asked, row: Posting, kind: 'patch' | 'cover', around: Surroundings) {
  const project = asked.projects.find(({ name }) => name === row.project);
  const { id, url, date, name, ...rest } = postingEmbed(asked, row, kind);
  const series = (around.series.get(idOf(row)) ?? []).map((one) => seriesEmbed(asked, one));
  const comments = asked.minor < 1 ? {} : { comments: `${url}comments/` };
  const submitter = personEmbed(asked, around.people.get(row.person));
  return { id, url, ...rest, date, name, project: projectEmbed(asked, project), submitter, series, ...comments };
}

/** A cover as lists give it. */
export function coverView(asked: Asked, row: Posting, around: Surroundings) {
  return common(asked, row, 'cover', around);
}

/** A patch as lists give it. */
export function patchView(asked: Asked, row: Posting, around: Surroundings) {
  const mark = around.marks.get(idOf(row));
  return {
    ...common(asked, row, 'patch', around),
    commit_ref: mark?.commit_ref ?? around.commits.get(idOf(row)) ?? null,
    pull_url: null,
    state: row.state,
    archived: row.archived === 1,
    hash: row.hash,
    delegate: userEmbed(
      asked,
      around.users.find(({ id }) => id === row.delegate),
    ),
    check: combined(around.checks.get(idOf(row)) ?? []),
    checks: `${asked.api}/patches/${row.id}/checks/`,
    tags: tagCounts(around.tags.get(idOf(row)) ?? []),
    ...(asked.minor < 2 ? {} : { related: [] }),
  };
}

/** How many have given each tag that counts. */
function tagCounts(tags: readonly Tag[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind, status } of tags) if (COUNTING.has(status)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
