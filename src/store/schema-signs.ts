/** The last sign of life of a part of the bot: see `Pulse`. */
export interface PulseTable {
  name: string;
  error: string | null;
  every: number;
  at: number;
}

/** New mails of a source on one day. */
export interface TrafficTable {
  source: string;
  /** Days since 1970-01-01 in UTC. */
  day: number;
  mails: number;
  /** When the last of them came. */
  last: number;
}

/** Until when a source is known to have been read. */
export interface ReadUntilTable {
  source: string;
  until: number;
}

/** Why nothing may be written to this store: one row or none. */
export interface SealTable {
  reason: string;
}

/** Since when nothing may be sent: one row or none. */
export interface BrakeTable {
  at: number;
}

/** One row in a store that was made of a backup. */
export interface RestoredTable {
  at: number;
  /** Id of the newest mail when the mail up to then had been read; null: it has not been. */
  mail: number | null;
}

/** The database that the data was made for, on PostgreSQL alone: one row. Numbers as text. */
export interface HomeTable {
  /** `system_identifier` of the server's files; null where the server does not tell us. */
  cluster: string | null;
  /** Number of the database. */
  database: string;
  /** Number of this table, which a dump that is restored into the same database makes anew. */
  own: string;
}
