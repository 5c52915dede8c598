import pg from 'pg';
import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import { takingTurns } from '../util/turns.ts';
import { bindable } from './bindable.ts';
import { postgresError } from './postgres-errors.ts';

export interface PostgresOptions {
  /** `postgres://…`, with the password where one is needed. */
  readonly url: string;
  /** Only reads: the server itself refuses to write. */
  readonly readonly: boolean;
  /** Milliseconds until a connection, or a lock that another process has, is given up. */
  readonly wait: number;
  /** Connections at the same time. */
  readonly connections: number;
}

/** A holder of the write lock that says nothing for so long is taken for dead, and its transaction rolled back by the server. */
const SILENT_MS = 60_000;

/** Where the server is and which database, for messages: never the password. */
export function placeOf(url: string): string {
  const { host, port, database } = new pg.Client({ connectionString: url });
  return `postgres ${host}:${port}/${database ?? ''}`;
}

/** What every connection of this program wants of the server. */
export function clientConfig({ url, readonly, wait }: Omit<PostgresOptions, 'connections'>): pg.ClientConfig {
  const settings = [
    // A machine that has vanished must not keep its locks: the server asks for it and gives up after 20 s.
    'tcp_keepalives_idle=10',
    'tcp_keepalives_interval=5',
    'tcp_keepalives_count=2',
    // Our queries are small; compiling them takes longer than running them.
    'jit=off',
    ...(readonly ? ['default_transaction_read_only=on'] : []),
  ];
  return {
    connectionString: url,
    application_name: 'patchloom',
    connectionTimeoutMillis: wait,
    lock_timeout: wait,
    idle_in_transaction_session_timeout: SILENT_MS,
    keepAlive: true,
    options: settings.map((setting) => `-c ${setting}`).join(' '),
    types: numbers(),
  };
}

/** Whole numbers as numbers, which the driver would give as text: int8 (ids, times, counts) and numeric (sums). */
function numbers(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  types.setTypeParser(pg.types.builtins.NUMERIC, Number);
  return types;
}

/** The pool that Kysely wants, on node-postgres; it opens connections as they are needed and drops those that have failed. */
export class ConnectionPool implements PostgresPool {
  /** For queries on the side, which this store never makes. */
  readonly options = {};
  readonly #pool: pg.Pool;
  readonly #place: string;

  constructor(options: PostgresOptions) {
    this.#place = placeOf(options.url);
    this.#pool = new pg.Pool({ ...clientConfig(options), max: options.connections });
    // A connection that breaks tells whoever uses it by the query that fails; an idle one nobody needs to hear of.
    this.#pool.on('error', ignore);
    this.#pool.on('connect', (client) => client.on('error', ignore));
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await this.#guarded(() => this.#pool.connect());
    // Whoever reads several things in one transaction at once has them one after the other.
    const inTurn = takingTurns();
    const query = async <R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> => {
      const values = parameters.map((value) => storable(bindable(value)));
      const asked = inTurn(() => this.#guarded(() => client.query(sql, values)));
      return (await asked) as unknown as PostgresQueryResult<R>;
    };
    return { query: query as PostgresPoolClient['query'], release: (destroy) => client.release(destroy) };
  }

  async end(): Promise<void> {
    if (!this.#pool.ended) await this.#pool.end();
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw postgresError(error, this.#place);
    }
  }
}

/** PostgreSQL's text cannot hold U+0000, which hostile mail has: it becomes the sign for what could not be read, in keys and in questions alike. */
function storable(value: ReturnType<typeof bindable>): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value;
}

function ignore(): void {}
