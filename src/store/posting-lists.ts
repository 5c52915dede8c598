import type { ExpressionBuilder, Expression, SqlBool } from 'kysely';
import type { ListedSeries } from './listed-series.ts';
import type { Posting } from './postings.ts';
import type { Db, Flag, Schema } from './schema.ts';
import type { PatchState } from './schema-listed.ts';
import { among } from './among.ts';
import { nameHolds } from './name-parts.ts';

/** What lists of mails and of series have in common. Whatever is given must hold; an empty list of values holds for none. */
export interface ListQuery {
  readonly projects?: readonly string[];
  /** Numbers of those who posted it. */
  readonly people?: readonly number[];
  /** Part of the name, in any case. */
  readonly name?: string;
  /** Epoch ms: posted at or after. */
  readonly since?: number;
  /** Epoch ms: posted before. */
  readonly before?: number;
  readonly order: { readonly by: 'id' | 'posted' | 'name' | 'person'; readonly newestFirst: boolean };
  readonly offset: number;
  readonly limit: number;
}

/** What a list of patches or covers wants. */
export interface PostingQuery extends ListQuery {
  readonly kind: 'patch' | 'cover';
  readonly states?: readonly PatchState[];
  readonly delegates?: readonly number[];
  /** Numbers of series. */
  readonly series?: readonly number[];
  readonly hash?: string;
  readonly msgid?: string;
  readonly archived?: Flag;
}

/** What a list of series wants. */
export interface ListedSeriesQuery extends ListQuery {
  readonly versions?: readonly number[];
}

/** One page, and how many there are on all. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly total: number;
}

/** A page of patches or covers. */
export async function pageOfPostings(db: Db, query: PostingQuery): Promise<Page<Posting>> {
  const found = db.selectFrom('posting').where((eb) => {
    const { kind, states, delegates, hash, msgid, archived } = query;
    const all: Expression<SqlBool>[] = [eb('kind', '=', kind), ...common(eb, query)];
    if (query.name !== undefined) all.push(nameHolds(db, 'posting', query.name));
    if (states !== undefined) all.push(among(eb, 'state', states));
    if (delegates !== undefined) all.push(among(eb, 'delegate', delegates));
    if (hash !== undefined) all.push(eb('hash', '=', hash));
    if (msgid !== undefined) all.push(eb('msgid', '=', msgid));
    if (archived !== undefined) all.push(eb('archived', '=', archived));
    const numbers = query.series;
    if (numbers !== undefined) {
      const members = eb
        .selectFrom('listed_series')
        .innerJoin('series', (on) =>
          on.onRef('series.project', '=', 'listed_series.project').onRef('series.key', '=', 'listed_series.key'),
        )
        .innerJoin('series_message', 'series_message.series', 'series.id')
        .select('series_message.msgid')
        .where((one) => among(one, 'listed_series.id', numbers));
      all.push(eb('msgid', 'in', members));
      const projects = eb
        .selectFrom('listed_series')
        .select('project')
        .where((one) => among(one, 'listed_series.id', numbers));
      all.push(eb('project', 'in', projects));
    }
    return eb.and(all);
  });
  const { by, newestFirst } = query.order;
  const rows = found
    .selectAll()
    .orderBy(by, newestFirst ? 'desc' : 'asc')
    .orderBy('id', newestFirst ? 'desc' : 'asc');
  const total = await found.select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirst();
  return { rows: await rows.offset(query.offset).limit(query.limit).execute(), total: total?.n ?? 0 };
}

/** A page of series. */
export async function pageOfSeries(db: Db, query: ListedSeriesQuery): Promise<Page<ListedSeries>> {
  const found = db.selectFrom('listed_series').where((eb) => {
    const all: Expression<SqlBool>[] = [eb('live', '=', 1), ...common(eb, query)];
    if (query.name !== undefined) all.push(nameHolds(db, 'listed_series', query.name));
    if (query.versions !== undefined) all.push(among(eb, 'version', query.versions));
    return eb.and(all);
  });
  const { by, newestFirst } = query.order;
  const rows = found
    .selectAll()
    .orderBy(by, newestFirst ? 'desc' : 'asc')
    .orderBy('id', newestFirst ? 'desc' : 'asc');
  const total = await found.select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirst();
  return { rows: await rows.offset(query.offset).limit(query.limit).execute(), total: total?.n ?? 0 };
}

function common(eb: ExpressionBuilder<Schema, 'posting' | 'listed_series'>, query: ListQuery): Expression<SqlBool>[] {
  const { projects, people, since, before } = query;
  const all: Expression<SqlBool>[] = [];
  if (projects !== undefined) all.push(among(eb, 'project', projects));
  if (people !== undefined) all.push(among(eb, 'person', people));
  if (since !== undefined) all.push(eb('posted', '>=', since));
  if (before !== undefined) all.push(eb('posted', '<', before));
  return all;
}
