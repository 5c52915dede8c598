import type { Selectable } from 'kysely';
import type { Entry } from '../series/entry.ts';
import { chunks } from './chunks.ts';
import { type Link, linkMessages } from './components.ts';
import { unpack } from './compression.ts';
import { chooseCopies } from './copies.ts';
import { type Digest, digestColumns, type ParsedCopy, wordsOf } from './messages.ts';
import { putMailWords } from './mail-words.ts';
import type { Db, MessageTable, Tx } from './schema.ts';

/** Forgets what is derived of components: links, series, dispositions. Digests, mirrors, checks, jobs and the outbox stay. */
export async function forgetComponents(tx: Tx, components: readonly number[]): Promise<void> {
  for (const part of chunks(components)) {
    const series = tx.selectFrom('series').select('id').where('component', 'in', part);
    await tx.deleteFrom('series_message').where('series', 'in', series).execute();
    await tx.deleteFrom('series').where('component', 'in', part).execute();
    await tx.deleteFrom('disposition').where('component', 'in', part).execute();
    await tx.deleteFrom('component_key').where('component', 'in', part).execute();
    await tx.updateTable('message').set({ component: null }).where('component', 'in', part).execute();
    await tx.deleteFrom('component').where('id', 'in', part).execute();
  }
}

/** What was linked again: components to be derived in the same transaction, and the rows of all their mails. */
export interface Relinked {
  readonly components: readonly number[];
  readonly messages: ReadonlySet<number>;
}

/**
 * Links copies anew, by what their digests say now, with all whose components they touch or come to touch: nothing of an older link is
 * left among them. @param ids rows of `message`
 */
export async function linkAgain(
  tx: Tx,
  ids: readonly number[],
  keysOf: (entry: Entry) => readonly string[],
): Promise<Relinked> {
  for (let messages = new Set(ids); ; ) {
    const links: Link[] = [];
    const old = new Set<number>();
    for (const row of await rowsOf(tx, 'id', messages)) if (row.component !== null) old.add(row.component);
    for (const row of await rowsOf(tx, 'component', old)) messages.add(row.id);
    for (const { msgid, digest } of await rowsOf(tx, 'id', messages))
      if (digest !== null) links.push({ msgid, keys: keysOf((JSON.parse(digest) as Digest).entry) });
    await forgetComponents(tx, [...old]);
    const components = [...(await linkMessages(tx, links)).keys()];
    const found = new Set((await rowsOf(tx, 'component', components)).map(({ id }) => id));
    // One that was met has links of before: it is taken apart, too.
    if (found.isSubsetOf(messages)) return { components, messages };
    messages = found.union(messages);
  }
}

async function rowsOf(tx: Tx, by: 'id' | 'component', values: Iterable<number>) {
  const rows: Pick<Selectable<MessageTable>, 'id' | 'msgid' | 'component' | 'digest'>[] = [];
  for (const part of chunks(values)) {
    const found = tx.selectFrom('message').select(['id', 'msgid', 'component', 'digest']).where(by, 'in', part);
    rows.push(...(await found.execute()));
  }
  return rows;
}

/** Rows of `message` after one of them, in order; empty at the end. */
export async function idsAfter(db: Db, last: number, limit: number): Promise<readonly number[]> {
  const rows = db.selectFrom('message').select('id').where('id', '>', last).orderBy('id').limit(limit);
  return (await rows.execute()).map(({ id }) => id);
}

/** Forgets components that no mail is in any more, and what became of mails whose Message-ID is read otherwise now. */
export async function forgetEmpty(tx: Tx): Promise<void> {
  const used = tx.selectFrom('message').select('component').where('component', 'is not', null);
  const rows = await tx.selectFrom('component').select('id').where('id', 'not in', used).execute();
  await forgetComponents(
    tx,
    rows.map(({ id }) => id),
  );
  const known = tx.selectFrom('message').select('msgid');
  await tx.deleteFrom('disposition').where('msgid', 'not in', known).execute();
}

/** One stored copy with its bytes. */
export interface RawCopy {
  readonly hash: string;
  readonly msgid: string;
  readonly source: string;
  readonly rank: number;
  readonly received: number;
  readonly raw: Buffer;
}

/**
 * Every copy in the order of arrival, for a rebuild. Only one page of mails is in memory, no read stays open between pages, and
 * mails that arrive meanwhile are seen too.
 */
export async function* eachRaw(db: Db, page: number = 50): AsyncGenerator<RawCopy> {
  for (let last = 0; ; ) {
    const rows = await db
      .selectFrom('message')
      .innerJoin('raw', 'raw.message', 'message.id')
      .select(['id', 'hash', 'msgid', 'source', 'rank', 'received', 'bytes'])
      .where('id', '>', last)
      .orderBy('id')
      .limit(page)
      .execute();
    for (const { id, hash, msgid, source, rank, received, bytes } of rows) {
      last = id;
      yield { hash, msgid, source, rank, received, raw: unpack(bytes, msgid) };
    }
    if (rows.length < page) return;
  }
}

/** Puts in what the parser of today says of stored copies, and chooses again. Unknown hashes are passed over. */
export async function replaceDigests(tx: Tx, rows: readonly ParsedCopy[]): Promise<void> {
  const msgids = new Set(rows.map((row) => row.msgid));
  for (const part of chunks(rows.map((row) => row.hash))) {
    for (const { msgid } of await tx.selectFrom('message').select('msgid').where('hash', 'in', part).execute())
      msgids.add(msgid);
    await tx.updateTable('message').set({ chosen: 0 }).where('hash', 'in', part).execute();
  }
  for (const { hash, msgid, posted, rank, digest } of rows) {
    const values = { msgid, posted, rank, ...digestColumns(digest) };
    await tx.updateTable('message').set(values).where('hash', '=', hash).execute();
  }
  await chooseCopies(tx, msgids);
  await replaceWords(tx, rows);
}

async function replaceWords(tx: Tx, rows: readonly ParsedCopy[]): Promise<void> {
  const copies = new Map(rows.map((row) => [row.hash, row]));
  for (const part of chunks(copies.keys())) {
    const stored = await tx.selectFrom('message').select(['id', 'hash']).where('hash', 'in', part).execute();
    const words = stored.flatMap(({ id, hash }) => wordsOf(id, copies.get(hash)));
    await putMailWords(tx, words);
  }
}

/** The newest copies up to an id, newest first. */
export async function copiesBackFrom(
  db: Db,
  upto: number,
  limit: number,
): Promise<readonly { readonly id: number; readonly raw: Buffer }[]> {
  const rows = await db
    .selectFrom('message')
    .innerJoin('raw', 'raw.message', 'message.id')
    .select(['id', 'msgid', 'bytes'])
    .where('id', '<=', upto)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ id, msgid, bytes }) => ({ id, raw: unpack(bytes, msgid) }));
}
