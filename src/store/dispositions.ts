import { sql } from 'kysely';
import type { Selectable, SqlBool } from 'kysely';
import type { Disposition } from '../series/series.ts';
import { chunks } from './chunks.ts';
import type { Db, DispositionTable, Tx } from './schema.ts';

/** Puts the dispositions of components in the place of their old ones; part of `replaceDerived`. */
export async function replaceDispositions(
  tx: Tx,
  derived: readonly { readonly component: number; readonly dispositions: readonly Disposition[] }[],
): Promise<void> {
  for (const part of chunks(derived.map(({ component }) => component)))
    await tx.deleteFrom('disposition').where('component', 'in', part).execute();
  const rows = derived.flatMap(({ component, dispositions }) =>
    dispositions.map((one) => dispositionRow(component, one)),
  );
  for (const part of chunks(new Map(rows.map((row) => [row.msgid, row])).values())) {
    // A mail is in one component only, but a rebuild may meet what an older derivation left of it elsewhere.
    const msgids = part.map((row) => row.msgid);
    await tx.deleteFrom('disposition').where('msgid', 'in', msgids).execute();
    await tx.insertInto('disposition').values(part).execute();
  }
}

/** Where a mail ended and why; null where it is not known, or not derived yet. */
export async function dispositionOf(db: Db, msgid: string): Promise<Disposition | null> {
  const found = db.selectFrom('disposition').select(['msgid', 'kind', 'project', 'series', 'about', 'reason']);
  return (await found.where('msgid', '=', msgid).executeTakeFirst()) ?? null;
}

/** Where all mails of a component ended, by Message-ID. */
export async function dispositionsOfComponent(db: Db, component: number): Promise<readonly Disposition[]> {
  const found = db.selectFrom('disposition').select(['msgid', 'kind', 'project', 'series', 'about', 'reason']);
  return found.where('component', '=', component).orderBy('msgid').execute();
}

/** How many mails ended in each kind of disposition. */
export async function countDispositions(db: Db): Promise<readonly { kind: Disposition['kind']; count: number }[]> {
  const counted = db.selectFrom('disposition').select(['kind', ({ fn }) => fn.countAll<number>().as('count')]);
  return counted.groupBy('kind').orderBy('kind').execute();
}

/** The newest mails that nothing came of yet, or ever will: held and broken ones, with their subjects. */
export async function newestKept(
  db: Db,
  limit: number,
): Promise<readonly { readonly msgid: string; readonly subject: string | null; readonly reason: string }[]> {
  return (
    db
      .selectFrom('disposition')
      .innerJoin('message', 'message.msgid', 'disposition.msgid')
      .select(['disposition.msgid as msgid', 'subject', 'reason'])
      // As the index says it, which holds these alone.
      .where(sql<SqlBool>`disposition.kind in ('held', 'broken')`)
      .where('chosen', '=', 1)
      .orderBy('posted', 'desc')
      .orderBy('message.msgid')
      .limit(limit)
      .execute()
  );
}

/** Replies to a patch or cover, oldest first, with who wrote them. @param limit so many at most */
export async function repliesTo(
  db: Db,
  component: number,
  abouts: readonly string[],
  limit: number,
): Promise<readonly { readonly msgid: string; readonly about: string; readonly posted: number }[]> {
  const rows = await db
    .selectFrom('disposition')
    .innerJoin('message', 'message.msgid', 'disposition.msgid')
    .select(['disposition.msgid as msgid', 'about', 'posted'])
    .where('disposition.component', '=', component)
    .where('kind', '=', 'reply')
    .where('about', 'in', abouts)
    .where('chosen', '=', 1)
    .orderBy('posted')
    .orderBy('message.msgid')
    .limit(limit)
    .execute();
  return rows.flatMap(({ msgid, about, posted }) => (about === null ? [] : [{ msgid, about, posted }]));
}

function dispositionRow(component: number, disposition: Disposition): Selectable<DispositionTable> {
  const { msgid, kind, project, series, about, reason } = disposition;
  return { msgid, component, kind, project, series, about, reason };
}
