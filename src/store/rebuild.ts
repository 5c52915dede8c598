import { chunks } from './chunks.ts';
import { unpack } from './compression.ts';
import { chooseCopies } from './copies.ts';
import { digestColumns, type ParsedCopy } from './messages.ts';
import type { Db, Tx } from './schema.ts';

/** Forgets everything that is derived from mail: digests, components, series, dispositions. Mirrors, checks, jobs and the outbox stay. */
export async function clearDerived(tx: Tx): Promise<void> {
  await tx.updateTable('message').set({ digest: null, author: null, subject: null, component: null }).execute();
  await tx.deleteFrom('component_key').execute();
  await tx.deleteFrom('component').execute();
  await tx.deleteFrom('series_message').execute();
  await tx.deleteFrom('series').execute();
  await tx.deleteFrom('disposition').execute();
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
}
