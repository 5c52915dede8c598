import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../util/clock.ts';
import { Releasers } from '../util/releasers.ts';
import type { StoreLock } from './engine.ts';
import { checkSchema, migrate } from './migrate.ts';
import type { Db } from './schema.ts';
import { openSqlite, STORE_FILE } from './sqlite-engine.ts';
import { keepUp } from './upkeep.ts';
import { type Transactions, transactionsOf } from './transactions.ts';

export interface StoreOptions {
  /** Where SQLite's file lies; made when missing, unless `readonly`. */
  readonly directory: string;
  /** `postgres://…`: the data is there and not in the directory. Null or left out: SQLite. */
  readonly database?: string | null;
  /** Only reads; nothing is made or migrated. */
  readonly readonly?: boolean;
  /** Take the intake lease of the directory as well: for `serve`, of which there may be one on SQLite. Short-lived writers leave it out. */
  readonly intake?: boolean;
  /** Milliseconds that a transaction waits for another process to finish its own; 10,000 by default. */
  readonly wait?: number;
}

/**
 * The data of one installation. Any process may write, one transaction at a time (SQLite's own lock, or PostgreSQL's): what a
 * transaction has read stays true until its end. Readers never wait.
 */
export interface Store {
  readonly engine: 'sqlite' | 'postgres';
  /** File or server, for messages; no secrets in it. */
  readonly place: string;
  readonly directory: string;
  /** For reads outside of transactions, on connections of their own: it sees what is committed, never a running transaction. Writing through it fails. */
  readonly db: Db;
  /**
   * Runs `work` in one transaction: all of it is kept on return, nothing where it throws. Transactions of one process queue up.
   * Inside, use `tx` alone: `db` does not see what `tx` has written, and a transaction in a transaction throws.
   * Keep it short and free of effects: others wait for it.
   * @throws PatchloomError STORE_BUSY where another process writes for longer than `wait`, STORE_UNREACHABLE where the server is away:
   * then it may have been kept all the same, and whoever repeats it must bear that
   */
  readonly transaction: Transactions;
  /**
   * Takes a lock that one process of the whole installation has at a time, or gives null where somebody has it.
   * It is gone with the process, however that ends. @throws PatchloomError STORE_*
   */
  lock(name: string): Promise<StoreLock | null>;
  /** What keeps the engine quick; see `keepUp`. For now and then, and after much has been brought in. @throws PatchloomError STORE_* */
  upkeep(): Promise<void>;
  /** The time that all processes of the installation agree on: this machine's on SQLite, the server's on PostgreSQL. @throws PatchloomError STORE_* */
  clock(): Promise<Clock>;
  /** For a process that lives long. @throws PatchloomError STORE_NEWER where a newer patchloom has brought the schema further since, STORE_UNREACHABLE */
  checkSchema(): Promise<void>;
  close(): Promise<void>;
}

/** Whether there may be data to read: SQLite's file, or a server that has to be asked. */
export function storeExists({ directory, database = null }: Pick<StoreOptions, 'directory' | 'database'>): boolean {
  return database !== null || existsSync(join(directory, STORE_FILE));
}

/** @throws PatchloomError STORE_UNUSABLE, STORE_NEWER, STORE_BUSY, STORE_UNREACHABLE */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { directory, database = null, readonly = false, intake = false, wait = 10_000 } = options;
  const releasers = new Releasers();
  try {
    const engine =
      database === null
        ? openSqlite({ directory, readonly, intake, wait }, releasers)
        : (await import('./postgres-engine.ts')).openPostgres({ url: database, readonly, wait }, releasers);
    const { kind, place, writer, reader } = engine;
    if (writer !== null) await migrate(writer, place);
    await checkSchema(reader, place);
    return {
      engine: kind,
      place,
      directory,
      db: reader,
      transaction: transactionsOf(writer, place),
      lock: (name) => engine.lock(name),
      upkeep: async () => (writer === null ? undefined : keepUp(writer, kind)),
      clock: () => engine.clock(),
      checkSchema: () => checkSchema(reader, place),
      close: () => releasers.release(),
    };
  } catch (error) {
    await releasers.release();
    throw error;
  }
}
