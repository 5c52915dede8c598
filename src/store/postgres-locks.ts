import { createHash } from 'node:crypto';
import pg from 'pg';
import { takingTurns } from '../util/turns.ts';
import type { StoreLock } from './engine.ts';
import { clientConfig, type PostgresOptions, placeOf } from './postgres-connection.ts';
import { postgresError } from './postgres-errors.ts';

/** How often a holder shows that it lives, in ms. */
const SIGN_EVERY_MS = 5_000;
/** A holder that has not been heard of for so long is a process that hangs. */
const SILENT_MS = 15_000;

/**
 * Named locks on one connection that is kept for them (advisory locks of the session). The server frees them as the connection ends:
 * at once where the process dies, after 20 s where its machine vanishes. A process that hangs is thrown out by whoever wants its lock,
 * and finds the lock lost when it wakes. Needs a connection of its own to the server, not one that a pooler lends for a transaction.
 */
export class PostgresLocks {
  readonly #options: Pick<PostgresOptions, 'url' | 'wait'>;
  readonly #held = new Map<string, AbortController>();
  readonly #inTurn = takingTurns();
  #connected: Promise<pg.Client> | null = null;
  #signs: NodeJS.Timeout | null = null;

  constructor(options: Pick<PostgresOptions, 'url' | 'wait'>) {
    this.#options = options;
  }

  async take(name: string): Promise<StoreLock | null> {
    if (this.#held.has(name)) return null;
    const lost = new AbortController();
    this.#held.set(name, lost);
    try {
      const client = await this.#client();
      if (await this.#ask(client, 'pg_try_advisory_lock', name))
        return { lost: lost.signal, release: () => this.#release(client, name) };
      const free = await this.#inTurn(() => throwOutSilent(client, name));
      this.#held.delete(name);
      return free ? await this.take(name) : null;
    } catch (error) {
      this.#held.delete(name);
      throw postgresError(error, placeOf(this.#options.url));
    }
  }

  async close(): Promise<void> {
    const connected = this.#connected;
    this.#connected = null;
    this.#held.clear();
    clearInterval(this.#signs ?? undefined);
    await (await connected?.catch(() => null))?.end().catch(() => {});
  }

  async #release(client: pg.Client, name: string): Promise<void> {
    if (!this.#held.delete(name)) return;
    // Where the connection is gone, so is the lock.
    await this.#ask(client, 'pg_advisory_unlock', name).catch(() => {});
  }

  #ask(client: pg.Client, call: 'pg_try_advisory_lock' | 'pg_advisory_unlock', name: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const { rows } = await client.query<{ done: boolean }>(`select ${call}($1) as done`, [keyOf(name)]);
      return rows[0]?.done === true;
    });
  }

  #client(): Promise<pg.Client> {
    if (this.#connected !== null) return this.#connected;
    const client = new pg.Client(clientConfig({ ...this.#options, readonly: false }));
    const connected = client.connect().then(() => client);
    this.#signs ??= setInterval(() => void this.#sign(), SIGN_EVERY_MS).unref();
    const gone = (): void => {
      if (this.#connected === connected) this.#lose();
    };
    client.on('error', gone).on('end', gone);
    connected.catch(gone);
    this.#connected = connected;
    return connected;
  }

  async #sign(): Promise<void> {
    const client = this.#held.size === 0 ? null : await this.#connected?.catch(() => null);
    // Where the answer does not come, the connection will say so by itself.
    if (client) await this.#inTurn(() => client.query('select 1')).catch(() => {});
  }

  #lose(): void {
    this.#connected = null;
    const held = [...this.#held.values()];
    this.#held.clear();
    for (const lost of held) lost.abort();
  }
}

/** The first 64 bits of the name's hash, as PostgreSQL counts. */
function keyOf(name: string): string {
  return createHash('sha256').update(`patchloom ${name}`).digest().readBigInt64BE().toString();
}

/** Ends the session of a holder that is not heard of. @returns whether there was one: the lock is free then */
async function throwOutSilent(client: pg.Client, name: string): Promise<boolean> {
  // A session ends when it next looks up; ten seconds are for a server that has much to do.
  const thrown = await client.query(
    `select pg_terminate_backend(activity.pid, 10000) from pg_locks
      join pg_stat_activity activity using (pid)
      where locktype = 'advisory' and granted and activity.datname = current_database()
        and ((classid::bigint << 32) | objid::bigint) = $1::bigint
        and state_change < clock_timestamp() - $2::float8 * interval '1 ms'`,
    [keyOf(name), SILENT_MS],
  );
  return (thrown.rowCount ?? 0) > 0;
}
