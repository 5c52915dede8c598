import type { ColumnType, Generated, Kysely, Transaction } from 'kysely';
import type { CheckState } from '../ci/run.ts';
import type { MirrorState } from '../mirror/mirror.ts';
import type { Report } from '../report/report.ts';
import type { Readiness } from '../review/tag.ts';
import type { Disposition, SeriesState } from '../series/series.ts';

/** 0 or 1: SQLite has no booleans, and PostgreSQL's driver takes the same numbers for an integer column. */
export type Flag = 0 | 1;

/** Given by the database, never changed. */
type Id = ColumnType<number, never, never>;

/** One copy of a mail, without its bytes. Times are epoch ms throughout the schema; documents are JSON text. */
export interface MessageTable {
  id: Id;
  hash: string;
  msgid: string;
  posted: number;
  received: number;
  source: string;
  rank: number;
  /** Bytes of the raw mail before compression. */
  size: number;
  component: number | null;
  digest: string | null;
  chosen: Flag;
}

/** The raw mail, apart from `message` so that a scan over messages does not read it. */
export interface RawTable {
  message: number;
  /** zstd. */
  bytes: Uint8Array;
}

/** Sizes of the sets of the union-find, counted in keys. */
export interface ComponentTable {
  id: Id;
  size: number;
}

export interface ComponentKeyTable {
  key: string;
  component: number;
}

export interface SeriesTable {
  id: Id;
  project: string;
  key: string;
  component: number;
  msgid: string;
  change: string;
  version: number;
  revision: number;
  state: SeriesState;
  readiness: Readiness['state'];
  posted: number;
  /** What a search looks in: subjects, author, change; lower case. */
  search: string;
  /** Author's name and address, lower case. */
  author: string;
  document: string;
  tags: string;
  readiness_document: string;
}

/** Cover and patches of each series. */
export interface SeriesMessageTable {
  msgid: string;
  series: number;
}

/** Which series were ever seen, and whether they were complete. No derived data: it outlives a rebuild, so that nothing is acted on twice. */
export interface SeriesSeenTable {
  project: string;
  key: string;
  complete: Flag;
}

export interface DispositionTable {
  msgid: string;
  component: number;
  kind: Disposition['kind'];
  project: string | null;
  series: string | null;
  about: string | null;
  reason: string;
}

export interface MirrorTable {
  id: Id;
  project: string;
  key: string;
  /** Commit that it was applied on; empty where none was found. */
  base: string;
  state: MirrorState;
  document: string;
  attempts: number;
  first_at: number;
  last_at: number;
}

export interface CheckTable {
  id: Id;
  project: string;
  key: string;
  context: string;
  /** Message-ID of the patch; empty for the whole series. */
  patch: string;
  state: CheckState;
  tree: string;
  job_hash: string;
  document: string;
  at: number;
}

/** Whether a series has earned a run, and what became of it: one row a series. */
export interface BuildRunTable {
  id: Id;
  project: string;
  key: string;
  /** Address, lower case. */
  author: string;
  state: 'waiting' | 'queued' | 'running' | 'ended' | 'cancelled';
  /** Why it runs or not, in words. */
  reason: string;
  asked: Flag;
  /** When the gate last gave another answer. */
  at: number;
  /** When it was queued last; null: never. */
  queued_at: number | null;
}

export interface JobTable {
  id: Id;
  kind: string;
  key: string;
  /** Only one job of a lane runs at a time; null: no such rule. */
  lane: string | null;
  payload: string;
  state: 'pending' | 'active' | 'dead';
  run_at: number;
  created: number;
  /** Tries begun since it was enqueued. */
  attempts: number;
  max_attempts: number;
  /** Fencing number: grows with every claim. */
  claims: Generated<number>;
  lease_until: number | null;
  error: string | null;
}

export interface OutboxTable {
  id: Id;
  msgid: string;
  project: string;
  key: string;
  kind: Report['kind'];
  outcome: string;
  state: 'shadow' | 'waiting' | 'queued' | 'sending' | 'sent' | 'failed';
  message: string;
  created: number;
  attempts: Generated<number>;
  /** Not before this time. */
  run_at: number;
  lease_until: number | null;
  /** 1 where an earlier try may have reached the list. */
  doubtful: Generated<Flag>;
  error: string | null;
  sent_at: number | null;
}

export interface CursorTable {
  source: string;
  value: string;
}

export interface MigrationTable {
  number: number;
  name: string;
}

export interface Schema {
  message: MessageTable;
  raw: RawTable;
  component: ComponentTable;
  component_key: ComponentKeyTable;
  series: SeriesTable;
  series_message: SeriesMessageTable;
  series_seen: SeriesSeenTable;
  disposition: DispositionTable;
  mirror: MirrorTable;
  check_result: CheckTable;
  build_run: BuildRunTable;
  job: JobTable;
  outbox: OutboxTable;
  cursor: CursorTable;
  migration: MigrationTable;
}

/** Anything that can be read from: `Store.db`, or a transaction. */
export type Db = Kysely<Schema>;

/** A running transaction. Functions that write take only this type, so that `Store.db` cannot be given to them. */
export type Tx = Transaction<Schema>;
