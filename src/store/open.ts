import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import type { KyselyPlugin } from 'kysely';
import { PatchloomError } from '../util/errors.ts';
import { Releasers } from '../util/releasers.ts';
import { takeIntakeLease } from './lease.ts';
import { checkSchema, migrate } from './migrate.ts';
import type { Db, Schema, Tx } from './schema.ts';
import { NodeSqliteDialect } from './sqlite-dialect.ts';

/** Name of the database file in the data directory. */
export const STORE_FILE = 'patchloom.db';

export interface StoreOptions {
  /** Made when missing, unless `readonly`. */
  readonly directory: string;
  /** Only reads; nothing is made or migrated. */
  readonly readonly?: boolean;
  /** Take the intake lease as well: for `serve`, of which there may be one per directory. Short-lived writers leave it out. */
  readonly intake?: boolean;
  /** Milliseconds that a transaction waits for another process to finish its own; 10,000 by default. */
  readonly wait?: number;
}

/**
 * The data of one installation. Any process may write, one transaction at a time (SQLite's own lock); only the process that
 * serves holds the intake lease. Readers never wait.
 */
export interface Store {
  readonly directory: string;
  /** For reads outside of transactions, on a connection of its own: it sees what is committed, never a running transaction. Writing through it fails. */
  readonly db: Db;
  /**
   * Runs `work` in one transaction: all of it is kept on return, nothing where it throws. Transactions of one process queue up.
   * Inside, use `tx` alone: `db` does not see what `tx` has written, and a transaction in a transaction throws.
   * Keep it short and free of effects: others wait for it.
   * @throws PatchloomError STORE_BUSY where another process writes for longer than `wait`
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** @throws PatchloomError STORE_UNUSABLE, STORE_NEWER, STORE_BUSY */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { directory, readonly = false, wait = 10_000 } = options;
  const file = join(directory, STORE_FILE);
  const releasers = new Releasers();
  try {
    if (readonly && !existsSync(file)) {
      throw new PatchloomError(
        'STORE_UNUSABLE',
        `${directory}: there is no data yet: run "patchloom import" or "patchloom serve" first`,
      );
    }
    if (!readonly) makeDirectory(directory);
    if (options.intake === true) {
      const lease = takeIntakeLease(directory);
      releasers.add(() => lease.release());
    }
    const writer = readonly ? null : connect(file, false, wait, releasers);
    if (writer !== null) await migrate(writer, file);
    const db = connect(file, true, wait, releasers);
    await checkSchema(db, file);
    return { directory, db, transaction: transactions(writer, file), close: () => releasers.release() };
  } catch (error) {
    await releasers.release();
    throw error;
  }
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new PatchloomError('STORE_UNUSABLE', `${directory}: the data directory cannot be made: ${words}`, {
      cause: error,
    });
  }
}

function connect(file: string, readonly: boolean, wait: number, releasers: Releasers): Db {
  const dialect = new NodeSqliteDialect({ file, readonly, wait });
  const db = new Kysely<Schema>({ dialect });
  releasers.add(async () => {
    await db.destroy();
    dialect.close();
  });
  return db;
}

function transactions(writer: Db | null, file: string): Store['transaction'] {
  const running = new AsyncLocalStorage<true>();
  return async (work) => {
    if (writer === null) throw new PatchloomError('INTERNAL', `${file}: opened for reading only`);
    if (running.getStore() === true)
      throw new PatchloomError('INTERNAL', `${file}: a transaction inside a transaction`);
    return running.run(true, () =>
      writer.transaction().execute(async (tx) => {
        const guard = new UseGuard();
        try {
          return await work(tx.withPlugin(guard));
        } finally {
          guard.over = true;
        }
      }),
    );
  };
}

/** Refuses queries through a transaction that has ended (a forgotten await): they would be kept whatever became of the rest. */
class UseGuard implements KyselyPlugin {
  over = false;

  transformQuery(args: Parameters<KyselyPlugin['transformQuery']>[0]): ReturnType<KyselyPlugin['transformQuery']> {
    if (this.over) throw new PatchloomError('INTERNAL', 'a query on a transaction that has ended');
    return args.node;
  }

  async transformResult(
    args: Parameters<KyselyPlugin['transformResult']>[0],
  ): ReturnType<KyselyPlugin['transformResult']> {
    return args.result;
  }
}
