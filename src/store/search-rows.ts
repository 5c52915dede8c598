import type { Insertable, Selectable } from 'kysely';
import type { Readiness, SeriesTags, Tag } from '../review/tag.ts';
import type { Series } from '../series/series.ts';
import { chunks } from './chunks.ts';
import { tagsFrom } from './documents.ts';
import type { SeriesTable, Tx } from './schema.ts';
import type { SeriesSearchTable } from './schema-search.ts';
import { searchWords } from './search-fields.ts';

/** Statuses by which a tag is what a reviewer said, as in `has:tags` and `reviewer:`. */
const SAID: ReadonlySet<Tag['status']> = new Set(['given', 'carried', 'conditional', 'objection']);

/** A mail of the thread, as far as a list wants to know. */
interface ThreadMail {
  readonly msgid: string;
  readonly author: string | null;
  readonly posted: number;
  /** The series that it answers; null where it answers none. */
  readonly about: string | null;
}

/** Makes the rows of the series of components again, from what is kept of them: part of each transaction that replaces them. */
export async function searchComponents(tx: Tx, components: readonly number[]): Promise<void> {
  for (const part of chunks(components)) {
    const of = tx.selectFrom('series').where('component', 'in', part);
    const rows = await of.select(['id', 'component', 'document', 'tags', 'readiness_document']).execute();
    if (rows.length === 0) continue;
    const mails = Map.groupBy(await threadsOf(tx, part), ({ component }) => component);
    await tx.deleteFrom('series_search').where('series', 'in', of.select('id')).execute();
    const values = [...Map.groupBy(rows, ({ component }) => component)].flatMap(([component, own]) =>
      rowsOf(own, mails.get(component) ?? []),
    );
    for (const some of chunks(values)) await tx.insertInto('series_search').values(some).execute();
  }
}

type Stored = Pick<Selectable<SeriesTable>, 'id' | 'document' | 'tags' | 'readiness_document'>;

/** The rows of one component. */
function rowsOf(stored: readonly Stored[], mails: readonly ThreadMail[]): readonly Insertable<SeriesSearchTable>[] {
  const all = stored.map((row) => ({
    id: row.id,
    series: JSON.parse(row.document) as Series,
    tags: tagsFrom(row.tags),
    readiness: JSON.parse(row.readiness_document) as Readiness,
  }));
  const latest = newestOf(all);
  return all.map((one) => ({ series: one.id, latest: latest.has(one.id) ? 1 : 0, ...rowOf(one, mails) }));
}

/** Who is waited for by a verdict, in the words of `series_search.waiting`. */
export function waitingWords(readiness: Readiness, author: Series['author']): string {
  const needs = readiness.verdict?.needs ?? [];
  const people = needs.flatMap(({ who, role }) => (who.length === 0 && role === 'author' ? [author] : who));
  return peopleWords(people);
}

function peopleWords(people: readonly { readonly name: string; readonly email: string }[]): string {
  return searchWords([...new Set(people.map(({ name, email }) => `${email} ${name}`))].join('\n'));
}

async function threadsOf(
  tx: Tx,
  components: readonly number[],
): Promise<readonly (ThreadMail & { component: number })[]> {
  return tx
    .selectFrom('disposition')
    .innerJoin('message', 'message.msgid', 'disposition.msgid')
    .select(['message.msgid as msgid', 'message.author as author', 'message.posted as posted'])
    .select(['disposition.series as about', 'disposition.component as component'])
    .where('disposition.component', 'in', components)
    .where('disposition.kind', '=', 'reply')
    .where('message.chosen', '=', 1)
    .execute();
}

/** The newest version of each change, one that waits for patches too. */
function newestOf(all: readonly { readonly id: number; readonly series: Series }[]): ReadonlySet<number> {
  const newest = new Map<string, { id: number; series: Series }>();
  for (const one of all) {
    const name = `${one.series.project} ${one.series.change}`;
    const known = newest.get(name);
    if (known === undefined || isLater(one.series, known.series)) newest.set(name, one);
  }
  return new Set([...newest.values()].map(({ id }) => id));
}

function isLater(one: Series, other: Series): boolean {
  const steps = [one.version - other.version, one.revision - other.revision, one.posted - other.posted];
  const step = steps.find((difference) => difference !== 0) ?? 0;
  return step === 0 ? one.msgid > other.msgid : step > 0;
}

interface Searched {
  readonly series: Series;
  readonly tags: SeriesTags;
  readonly readiness: Readiness;
}

type Row = Omit<Insertable<SeriesSearchTable>, 'series' | 'latest'>;

function rowOf({ series, tags, readiness }: Searched, mails: readonly ThreadMail[]): Row {
  const own = mails.filter(({ about }) => about === series.msgid);
  const all = [...tags.cover, ...[...tags.patches.values()].flat()];
  const said = all.filter(({ status }) => SAID.has(status));
  const { author } = series;
  const subjects = [series.subject, ...series.patches.map(({ subject }) => subject)];
  return {
    project: series.project,
    posted: series.posted,
    active: Math.max(series.posted, ...own.map(({ posted }) => posted)),
    state: series.state,
    readiness: readiness.state,
    target: series.target ?? '',
    patches: series.patches.length,
    comments: own.length,
    tags: said.length,
    objections: all.filter(({ status }) => status === 'objection').length,
    cover: series.cover === null ? 0 : 1,
    words: searchWords([...subjects, author.name, author.email, series.change].join('\n')),
    author: peopleWords([author]),
    reviewer: peopleWords(said),
    path: searchWords([...new Set(series.patches.flatMap(({ paths }) => paths))].join('\n')),
    waiting: waitingWords(readiness, author),
    asked: isAsked(own, series, new Set(said.map(({ givenIn }) => givenIn))) ? peopleWords([author]) : '',
  };
}

/** Whether the last word is somebody else's and no approval: its author is expected to answer. */
function isAsked(mails: readonly ThreadMail[], { author }: Series, approving: ReadonlySet<string>): boolean {
  const own = author.email.toLowerCase();
  const answered = Math.max(0, ...mails.filter((mail) => mail.author === own).map(({ posted }) => posted));
  return mails.some((mail) => mail.author !== own && mail.posted > answered && !approving.has(mail.msgid));
}
