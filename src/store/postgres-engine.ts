import { Kysely } from 'kysely';
import type { Releasers } from '../util/releasers.ts';
import type { Engine } from './engine.ts';
import { serverClock } from './postgres-clock.ts';
import { ConnectionPool, type PostgresOptions, placeOf } from './postgres-connection.ts';
import { StorePostgresDialect } from './postgres-dialect.ts';
import { PostgresLocks } from './postgres-locks.ts';
import type { Db, Schema } from './schema.ts';

/** Questions at the same time: pages and handlers ask side by side, and a server has about 100 connections for all. */
const READERS = 4;

/** A database on a server. Nothing is asked of it yet. */
export function openPostgres(
  options: Pick<PostgresOptions, 'url' | 'readonly' | 'wait'>,
  releasers: Releasers,
): Engine {
  // One connection writes, so that the transactions of one process queue up here and not at the server.
  const writer = options.readonly ? null : connect({ ...options, connections: 1 }, releasers);
  const locks = new PostgresLocks(options);
  releasers.add(() => locks.close());
  const reader = connect({ ...options, readonly: true, connections: READERS }, releasers);
  return {
    kind: 'postgres',
    place: placeOf(options.url),
    writer,
    reader,
    lock: (name) => locks.take(name),
    clock: () => serverClock(reader, releasers),
  };
}

function connect(options: PostgresOptions, releasers: Releasers): Db {
  const pool = new ConnectionPool(options);
  const db = new Kysely<Schema>({ dialect: new StorePostgresDialect(pool) });
  releasers.add(async () => {
    await db.destroy();
    await pool.end();
  });
  return db;
}
