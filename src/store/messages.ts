import type { Insertable } from 'kysely';
import type { Trailer } from '../patch/patch.ts';
import type { Remark } from '../review/tag.ts';
import type { Entry } from '../series/entry.ts';
import { CHUNK, chunks } from './chunks.ts';
import { pack, unpack } from './compression.ts';
import { betterCopy } from './copies.ts';
import { type MailWords, putMailWords } from './mail-words.ts';
import type { Db, Flag, MessageTable, Tx } from './schema.ts';
import { subjectWords } from './words.ts';

/** What is kept of a mail beside its bytes, so that a component is derived again without reading its mails again. */
export interface Digest {
  readonly entry: Entry;
  readonly remarks: readonly Remark[];
  /** Trailers of the patch's own commit message; empty for other mail. */
  readonly trailers: readonly Trailer[];
}

/** What a parser makes of one copy of a mail; a better parser may say otherwise of the same bytes. */
export interface ParsedCopy {
  /** `messageHash(raw)`. */
  readonly hash: string;
  readonly msgid: string;
  /** Epoch ms. */
  readonly posted: number;
  /** Which copy of a Message-ID is believed: the smallest rank, among equals the smallest hash. */
  readonly rank: number;
  readonly digest: Digest;
  /** `mailWords` of its text: goes into the index and is kept nowhere else. */
  readonly words: string;
}

/** One copy of a mail as it came in. */
export interface NewMessage extends ParsedCopy {
  /** Epoch ms: when we got it. */
  readonly received: number;
  /** Where it came from, for people. */
  readonly source: string;
  readonly raw: Uint8Array;
  /** `dkimVerdict` at receipt, where somebody looked. */
  readonly dkim?: string | null;
}

/** One mail of a component: what it says, and what was found out about it at its receipt. */
export interface KnownMail {
  readonly msgid: string;
  readonly digest: Digest;
  readonly dkim: string | null;
}

/** A stored copy without its bytes. */
export interface StoredMessage {
  readonly hash: string;
  readonly msgid: string;
  readonly posted: number;
  readonly received: number;
  readonly source: string;
  /** Bytes. */
  readonly size: number;
  /** Null until it is linked. */
  readonly component: number | null;
  /** Whether it is the copy that is believed. */
  readonly chosen: boolean;
  /** What was found out about it at its receipt; null where nobody looked. */
  readonly dkim: string | null;
}

/** Hashes, in the order given. */
export interface Put {
  readonly added: readonly string[];
  /** Known before, or twice among the rows. */
  readonly duplicate: readonly string[];
}

/**
 * Keeps mails unchanged. Several copies of one Message-ID are all kept; exactly one of them is chosen, whatever order they came in.
 * A copy whose hash is known is a duplicate and changes nothing.
 */
export async function putMessages(tx: Tx, rows: readonly NewMessage[]): Promise<Put> {
  const known = await knownHashes(
    tx,
    rows.map((row) => row.hash),
  );
  const fresh: NewMessage[] = [];
  const duplicate: string[] = [];
  for (const row of rows) {
    if (known.has(row.hash)) duplicate.push(row.hash);
    else fresh.push(row);
    known.add(row.hash);
  }
  const chosen = await chooseAmong(tx, fresh);
  for (let at = 0; at < fresh.length; at += CHUNK) await insertMessages(tx, fresh.slice(at, at + CHUNK), chosen);
  return { added: fresh.map((row) => row.hash), duplicate };
}

/** Those of the hashes that are kept already: such mails need not be read again. */
export async function knownHashes(db: Db, hashes: readonly string[]): Promise<Set<string>> {
  const known = new Set<string>();
  for (const part of chunks(hashes)) {
    const found = await db.selectFrom('message').select('hash').where('hash', 'in', part).execute();
    for (const { hash } of found) known.add(hash);
  }
  return known;
}

/** Hashes of the new rows that win over all other copies; stored copies that lose are marked so. */
async function chooseAmong(tx: Tx, fresh: readonly NewMessage[]): Promise<ReadonlySet<string>> {
  const best = new Map<string, { hash: string; rank: number; id: number | null }>();
  const beaten: number[] = [];
  for (const part of chunks(fresh.map((row) => row.msgid))) {
    const stored = tx.selectFrom('message').select(['id', 'msgid', 'hash', 'rank']).where('msgid', 'in', part);
    for (const row of await stored.where('chosen', '=', 1).execute()) best.set(row.msgid, row);
  }
  for (const { hash, rank, msgid } of fresh) {
    const other = best.get(msgid);
    if (other !== undefined && !betterCopy({ hash, rank }, other)) continue;
    if (other !== undefined && other.id !== null) beaten.push(other.id);
    best.set(msgid, { hash, rank, id: null });
  }
  for (const part of chunks(beaten))
    await tx.updateTable('message').set({ chosen: 0 }).where('id', 'in', part).execute();
  return new Set([...best.values()].filter((row) => row.id === null).map((row) => row.hash));
}

async function insertMessages(tx: Tx, rows: readonly NewMessage[], chosen: ReadonlySet<string>): Promise<void> {
  const values = rows.map((row): Insertable<MessageTable> => {
    const { hash, msgid, posted, received, source, rank } = row;
    const flag: Flag = chosen.has(hash) ? 1 : 0;
    return {
      hash,
      msgid,
      posted,
      received,
      source,
      rank,
      size: row.raw.length,
      component: null,
      chosen: flag,
      ...digestColumns(row.digest),
      dkim: row.dkim ?? null,
    };
  });
  const ids = await tx.insertInto('message').values(values).returning(['id', 'hash']).execute();
  const idOf = new Map(ids.map(({ id, hash }) => [hash, id]));
  const raws = rows.flatMap(({ hash, raw }) => {
    const message = idOf.get(hash);
    return message === undefined ? [] : [{ message, bytes: pack(raw) }];
  });
  await tx.insertInto('raw').values(raws).execute();
  await putMailWords(
    tx,
    rows.flatMap((row) => wordsOf(idOf.get(row.hash), row)),
  );
}

/** What a copy is found by; empty where it is not known, or has no row. */
export function wordsOf(message: number | undefined, copy: ParsedCopy | undefined): readonly MailWords[] {
  if (message === undefined || copy === undefined) return [];
  return [{ message, subject: subjectWords(copy.digest.entry.subject), words: copy.words }];
}

/** A digest as it is kept, with what is looked for in it. */
export function digestColumns(digest: Digest): Pick<Insertable<MessageTable>, 'digest' | 'author' | 'subject'> {
  const { from, subject } = digest.entry;
  return { digest: JSON.stringify(digest), author: from.email.toLowerCase(), subject };
}

/** Bytes of the chosen copy, as they came in; null where the mail is not known. */
export async function rawOf(db: Db, msgid: string): Promise<Buffer | null> {
  const found = db.selectFrom('message').innerJoin('raw', 'raw.message', 'message.id').select('bytes');
  const row = await found.where('msgid', '=', msgid).where('chosen', '=', 1).executeTakeFirst();
  return row === undefined ? null : unpack(row.bytes, msgid);
}

/** Bytes of one copy; null where it is not known. */
export async function rawByHash(db: Db, hash: string): Promise<Buffer | null> {
  const found = db.selectFrom('message').innerJoin('raw', 'raw.message', 'message.id').select('bytes');
  const row = await found.where('hash', '=', hash).executeTakeFirst();
  return row === undefined ? null : unpack(row.bytes, hash);
}

/** All copies of a mail, the chosen one first; empty where it is not known. */
export async function copiesOf(db: Db, msgid: string): Promise<readonly StoredMessage[]> {
  const rows = await db
    .selectFrom('message')
    .select(['hash', 'msgid', 'posted', 'received', 'source', 'size', 'component', 'chosen', 'dkim'])
    .where('msgid', '=', msgid)
    .orderBy('chosen', 'desc')
    .orderBy('rank')
    .orderBy('hash')
    .execute();
  return rows.map(({ chosen, ...row }) => Object.assign(row, { chosen: chosen === 1 }));
}

/** How many different Message-IDs are kept, and how many copies in all. */
export async function messageCount(db: Db): Promise<{ readonly messages: number; readonly copies: number }> {
  const copies = await db
    .selectFrom('message')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirst();
  const chosen = db
    .selectFrom('message')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('chosen', '=', 1);
  return { messages: (await chosen.executeTakeFirst())?.n ?? 0, copies: copies?.n ?? 0 };
}

/** What one mail says, of its chosen copy; null where it is not known, or not yet digested again by a rebuild. */
export async function digestOf(db: Db, msgid: string): Promise<Digest | null> {
  const found = db.selectFrom('message').select('digest').where('msgid', '=', msgid).where('chosen', '=', 1);
  const row = await found.executeTakeFirst();
  return row === undefined || row.digest === null ? null : digestFrom(row.digest);
}

/** All mails of a component, chosen copies only, by time of posting and then Message-ID. */
export async function digestsOfComponent(db: Db, component: number): Promise<readonly KnownMail[]> {
  return (await digestsOfComponents(db, [component])).get(component) ?? [];
}

/** All mails of components, chosen copies only, by time of posting and then Message-ID. */
export async function digestsOfComponents(
  db: Db,
  components: readonly number[],
): Promise<ReadonlyMap<number, readonly KnownMail[]>> {
  const mails = new Map<number, KnownMail[]>(components.map((component) => [component, []]));
  for (const part of chunks(components)) {
    const rows = await db
      .selectFrom('message')
      .select(['component', 'msgid', 'digest', 'dkim'])
      .where('component', 'in', part)
      .where('chosen', '=', 1)
      .orderBy('posted')
      .orderBy('msgid')
      .execute();
    for (const { component, msgid, digest, dkim } of rows)
      if (component !== null && digest !== null)
        mails.get(component)?.push({ msgid, digest: digestFrom(digest), dkim });
  }
  return mails;
}

function digestFrom(text: string): Digest {
  return JSON.parse(text) as Digest;
}
