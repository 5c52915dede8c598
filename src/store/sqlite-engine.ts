import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { systemClock } from '../util/clock.ts';
import { PatchloomError } from '../util/errors.ts';
import type { Releasers } from '../util/releasers.ts';
import type { Engine } from './engine.ts';
import { takeFileLock, takeIntakeLease } from './lease.ts';
import { makePrivateFile } from './private-file.ts';
import type { Db, Schema } from './schema.ts';
import { NodeSqliteDialect } from './sqlite-dialect.ts';

/** Name of the database file in the data directory. */
export const STORE_FILE = 'patchloom.db';

export interface SqliteStoreOptions {
  /** Made when missing, unless `readonly`. */
  readonly directory: string;
  readonly readonly: boolean;
  /** Take the intake lease as well. */
  readonly intake: boolean;
  readonly wait: number;
}

/** One file in the data directory. @throws PatchloomError STORE_UNUSABLE, STORE_BUSY */
export function openSqlite(options: SqliteStoreOptions, releasers: Releasers): Engine {
  const { directory, readonly, intake, wait } = options;
  const file = join(directory, STORE_FILE);
  if (readonly && !existsSync(file)) {
    throw new PatchloomError(
      'STORE_UNUSABLE',
      `${directory}: there is no data yet: run "patchloom import" or "patchloom serve" first`,
    );
  }
  if (!readonly) makePlace(directory, file);
  if (intake) {
    const lease = takeIntakeLease(directory);
    releasers.add(() => lease.release());
  }
  const writer = readonly ? null : connect(file, false, wait, releasers);
  const held = new Set<string>();
  return {
    kind: 'sqlite',
    place: file,
    writer,
    reader: connect(file, true, wait, releasers),
    clock: async () => systemClock,
    async lock(name) {
      if (held.has(name)) return null;
      const taken = takeFileLock(directory, name);
      if (taken === null) return null;
      held.add(name);
      releasers.add(() => taken.release());
      // The lock of a file is lost with the process alone.
      const lost = new AbortController().signal;
      return {
        lost,
        release: async () => {
          held.delete(name);
          taken.release();
        },
      };
    },
  };
}

function makePlace(directory: string, file: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    makePrivateFile(file);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new PatchloomError(
      'STORE_UNUSABLE',
      `${directory}: the data directory cannot be made or written to: ${words}`,
      {
        cause: error,
      },
    );
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
