import { setTimeout as sleep } from 'node:timers/promises';
import { SqliteDialect, SqliteDriver } from 'kysely';
import type { Driver } from 'kysely';
import { openConnection } from './sqlite-connection.ts';
import type { Connection, SqliteOptions } from './sqlite-connection.ts';
import { isBusy, storeError } from './sqlite-errors.ts';

/** node:sqlite for Kysely: one connection, `begin immediate`, and waits for other writers that do not block the process. */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #options: SqliteOptions;
  readonly #connection: Connection;

  /** Opens the file at once. @throws PatchloomError STORE_UNUSABLE, STORE_BUSY */
  constructor(options: SqliteOptions) {
    const connection = openConnection(options);
    super({ database: connection });
    this.#options = options;
    this.#connection = connection;
  }

  override createDriver(): Driver {
    return new NodeSqliteDriver(this.#connection, this.#options.wait);
  }

  /** For when no query was ever made: Kysely closes only what it has used. */
  close(): void {
    this.#connection.close();
  }
}

class NodeSqliteDriver extends SqliteDriver {
  readonly #connection: Connection;
  readonly #wait: number;

  constructor(connection: Connection, wait: number) {
    super({ database: connection });
    this.#connection = connection;
    this.#wait = wait;
  }

  /** Takes the write lock first: a transaction that reads and then writes would otherwise fail where another wrote between. */
  override async beginTransaction(): Promise<void> {
    const end = Date.now() + this.#wait;
    for (;;) {
      try {
        this.#connection.exec('begin immediate');
        return;
      } catch (error) {
        if (!isBusy(error) || Date.now() >= end) throw storeError(error, this.#connection.file);
        await sleep(5 + Math.random() * 20);
      }
    }
  }

  /** SQLite ends a transaction by itself after some errors (disk full); a second rollback would hide the first error. */
  override async rollbackTransaction(): Promise<void> {
    if (this.#connection.inTransaction) this.#connection.exec('rollback');
  }
}
