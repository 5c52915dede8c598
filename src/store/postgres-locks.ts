import { createHash } from 'node:crypto';
import pg from 'pg';
import { takingTurns } from '../util/turns.ts';
import type { StoreLock } from './engine.ts';
import { clientConfig, type PostgresOptions, placeOf } from './postgres-connection.ts';
import { postgresError } from './postgres-errors.ts';

/**
 * Named locks on one connection that is kept for them (advisory locks of the session). The server frees them as the connection ends:
 * at once where the process dies, after 20 s where its machine vanishes. Needs a connection of its own to the server, not one that a
 * pooler lends for a transaction.
 */
export class PostgresLocks {
  readonly #options: Pick<PostgresOptions, 'url' | 'wait'>;
  readonly #held = new Map<string, AbortController>();
  readonly #inTurn = takingTurns();
  #connected: Promise<pg.Client> | null = null;

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
      this.#held.delete(name);
      return null;
    } catch (error) {
      this.#held.delete(name);
      throw postgresError(error, placeOf(this.#options.url));
    }
  }

  async close(): Promise<void> {
    const connected = this.#connected;
    this.#connected = null;
    this.#held.clear();
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
    const gone = (): void => {
      if (this.#connected === connected) this.#lose();
    };
    client.on('error', gone).on('end', gone);
    connected.catch(gone);
    this.#connected = connected;
    return connected;
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
