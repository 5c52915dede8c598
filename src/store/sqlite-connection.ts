import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { bindable } from './bindable.ts';
import { storeError } from './sqlite-errors.ts';

/** Compiled statements kept per connection; the store has fewer than this many, apart from lists of rare lengths. */
const STATEMENTS_KEPT = 256;

/** How long SQLite itself may block the whole process for a lock; the rest of the wait is done without blocking. */
const BLOCKING_WAIT = 50;

export interface SqliteOptions {
  readonly file: string;
  readonly readonly: boolean;
  /** Milliseconds until a transaction gives up waiting for another process. */
  readonly wait: number;
}

/** The subset of better-sqlite3 that Kysely wants, on node:sqlite. */
export class Connection implements SqliteDatabase {
  readonly file: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.file = file;
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const made = guarded(this.file, () => new Statement(this.#database.prepare(sql), this.file));
    this.#statements.set(sql, made);
    if (this.#statements.size > STATEMENTS_KEPT) {
      for (const oldest of this.#statements.keys()) {
        this.#statements.delete(oldest);
        break;
      }
    }
    return made;
  }

  close(): void {
    if (!this.#database.isOpen) return;
    this.#statements.clear();
    this.#database.close();
  }
}

class Statement implements SqliteStatement {
  readonly reader: boolean;
  readonly #statement: StatementSync;
  readonly #file: string;

  constructor(statement: StatementSync, file: string) {
    this.#statement = statement;
    this.#file = file;
    this.reader = statement.columns().length > 0;
    // Rows as objects have no prototype, and it takes three times as long to make others of them.
    statement.setReturnArrays(true);
  }

  all(parameters: readonly unknown[]): unknown[] {
    return guarded(this.#file, () => {
      const rows = this.#statement.all(...parameters.map(bindable)) as unknown as readonly unknown[][];
      // Asked for afterwards: another process may have changed the table, and the statement is compiled anew when it runs.
      const names = rows.length === 0 ? [] : this.#statement.columns().map(({ name }) => name);
      return rows.map((values) => rowOf(names, values));
    });
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return guarded(this.#file, () => this.#statement.run(...parameters.map(bindable)));
  }

  /** A cached statement can be in use once only, so rows are read at once; long reads of this store go page by page. */
  iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    return this.all(parameters)[Symbol.iterator]();
  }
}

function rowOf(names: readonly string[], values: readonly unknown[]): Readonly<Record<string, unknown>> {
  const row: Record<string, unknown> = {};
  for (const [at, name] of names.entries()) row[name] = values[at];
  return row;
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeError(error, file);
  }
}

/** Opens the file with the settings that durability needs. @throws PatchloomError STORE_UNUSABLE, STORE_BUSY */
export function openConnection(options: SqliteOptions): Connection {
  return guarded(options.file, () => {
    const database = new DatabaseSync(options.file, {
      readOnly: options.readonly,
      timeout: options.wait,
      enableForeignKeyConstraints: true,
      enableDoubleQuotedStringLiterals: false,
    });
    try {
      if (!options.readonly) {
        // The switch to WAL needs the file alone for a moment; it is kept in the file.
        database.exec('pragma journal_mode = wal');
        database.exec('pragma synchronous = full');
        database.exec('pragma journal_size_limit = 67108864');
        database.exec(`pragma busy_timeout = ${BLOCKING_WAIT}`);
      }
      database.exec('pragma cache_size = -32768');
      return new Connection(database, options.file);
    } catch (error) {
      database.close();
      throw error;
    }
  });
}
