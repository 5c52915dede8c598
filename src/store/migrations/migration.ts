import { SqliteAdapter } from 'kysely';
import type { Db, Tx } from '../schema.ts';

/**
 * One step forward; there are no steps back. One file serves both engines: it is written in Kysely's schema builder with SQLite's
 * types `integer`, `text` and `blob`, which PostgreSQL's compiler spells in its own way (see postgres-dialect.ts).
 */
export interface Migration {
  /** File name without its ending; it starts with the number. */
  readonly name: string;
  up(tx: Tx): Promise<void>;
}

/** Which engine is being asked: for the few statements that both cannot share, such as a full-text index. */
export function engineOf(db: Db): 'sqlite' | 'postgres' {
  return db.getExecutor().adapter instanceof SqliteAdapter ? 'sqlite' : 'postgres';
}
