import type { ColumnType, Generated, Kysely, Transaction } from 'kysely';
import type { MirrorState } from '../mirror/mirror.ts';
import type { SaidKind } from '../report/report.ts';
import type { BuildRunTable, CheckTable, CiBranchTable } from './schema-builds.ts';
import type { Readiness } from '../review/tag.ts';
import type { Disposition, SeriesState } from '../series/series.ts';
import type { MailWordsDueTable, SeriesSearchTable } from './schema-search.ts';
import type {
  BrakeTable,
  HomeTable,
  PulseTable,
  ReadUntilTable,
  RestoredTable,
  SealTable,
  TrafficTable,
} from './schema-signs.ts';
import type { ListedSchema } from './schema-listed.ts';

/** 0 or 1: SQLite has no booleans, and PostgreSQL's driver takes the same numbers for an integer column. */
export type Flag = 0 | 1;

/** Given by the database, never changed. */
export type Id = ColumnType<number, never, never>;

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
  /** Address of its From, lower case; null where it has none or is not digested. */
  author: string | null;
  subject: string | null;
  /** `dkimVerdict` at receipt; null where nobody looked. Not derived: keys vanish from the DNS. */
  dkim: string | null;
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
  /** Name and address, lower case, for the plots. */
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
  kind: SaidKind;
  outcome: string;
  state: 'shadow' | 'waiting' | 'queued' | 'sending' | 'sent' | 'failed' | 'dropped';
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
  /** When the last doubt arose. */
  doubt_at: number | null;
  /** The server's words when it took the mail, with those of the recipients that it refused. */
  response: string | null;
  /** What a later delivery report said of it. */
  bounce: string | null;
}

/** What was asked for by mail, one row a line; kept so that each is acted on once. */
export interface RequestTable {
  msgid: string;
  line: number;
  project: string;
  change: string | null;
  command: string;
  by: string;
  verdict: 'done' | 'refused' | 'doubted';
  reason: string;
  at: number;
}

/** What people want to hold from now on. `subject`: an address, a change, or empty for the whole project. */
export interface WishTable {
  kind: 'opt-out' | 'hold' | 'ignore';
  scope: 'person' | 'series' | 'project';
  project: string;
  subject: string;
  by: string;
  msgid: string | null;
  at: number;
}

export interface CursorTable {
  source: string;
  value: string;
}

/** An upstream branch as last read. */
export interface BranchTable {
  project: string;
  name: string;
  tip: string;
  /** Its MAINTAINERS and what belongs to it. */
  people: string;
  /** Commit up to which our patches were looked for. */
  searched_to: string | null;
  /** Id of the newest mail whose patch was looked for. */
  searched_mail: Generated<number>;
  at: number;
}

/** A patch that was found in a branch. */
export interface LandedTable {
  project: string;
  branch: string;
  msgid: string;
  commit: string;
  committed: number;
  document: string;
}

export interface TreeStateTable {
  project: string;
  /** Empty: all branches that have no row of their own. */
  branch: string;
  state: string;
  since: number;
  /** Who said so: a Message-ID, or `command`. */
  evidence: string;
}

export interface MigrationTable {
  number: number;
  name: string;
}

export interface Schema extends ListedSchema {
  message: MessageTable;
  raw: RawTable;
  component: ComponentTable;
  component_key: ComponentKeyTable;
  series: SeriesTable;
  series_message: SeriesMessageTable;
  series_search: SeriesSearchTable;
  mail_words_due: MailWordsDueTable;
  series_seen: SeriesSeenTable;
  disposition: DispositionTable;
  mirror: MirrorTable;
  check_result: CheckTable;
  build_run: BuildRunTable;
  ci_branch: CiBranchTable;
  job: JobTable;
  outbox: OutboxTable;
  request: RequestTable;
  wish: WishTable;
  cursor: CursorTable;
  read_until: ReadUntilTable;
  seal: SealTable;
  brake: BrakeTable;
  branch: BranchTable;
  landed: LandedTable;
  tree_state: TreeStateTable;
  pulse: PulseTable;
  traffic: TrafficTable;
  restored: RestoredTable;
  home: HomeTable;
  migration: MigrationTable;
}

/** Anything that can be read from: `Store.db`, or a transaction. */
export type Db = Kysely<Schema>;

/** A running transaction. Functions that write take only this type, so that `Store.db` cannot be given to them. */
export type Tx = Transaction<Schema>;
