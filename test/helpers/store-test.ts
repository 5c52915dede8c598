import { after, test, type TestContext } from 'node:test';
import { openStore, type Store, type StoreOptions } from '../../src/store/open.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { requires } from './requires.ts';
import { tempDir } from './temp-dir.ts';

/** One installation of a test: every store that it opens holds the same data. */
export interface StoreCase {
  readonly engine: Store['engine'];
  /** What `openStore` needs to find it. */
  readonly at: Pick<StoreOptions, 'directory' | 'database'>;
  /** Opens the store; it is closed after the test. */
  readonly open: (options?: Partial<StoreOptions>) => Promise<Store>;
}

const server: { started: Promise<Postgres> | null } = { started: null };
// Of the file that imports this, not of the test that starts the server.
after(async () => (await server.started)?.close());

/** An empty database on the server of this test file, which is started on first use and removed after the file. */
export async function newDatabase(): Promise<string> {
  server.started ??= startPostgres();
  return (await server.started).create();
}

/** What must hold on each engine: one test on SQLite, and one on a real PostgreSQL. */
export function storeTest(name: string, run: (store: StoreCase, t: TestContext) => Promise<void>): void {
  test(`${name} (SQLite)`, (t) => run(caseOf(t, 'sqlite', { directory: tempDir(t) }), t));
  test(`${name} (PostgreSQL)`, requires('postgres'), async (t) => {
    await run(caseOf(t, 'postgres', { directory: tempDir(t), database: await newDatabase() }), t);
  });
}

function caseOf(t: TestContext, engine: Store['engine'], at: StoreCase['at']): StoreCase {
  return {
    engine,
    at,
    async open(options = {}) {
      const store = await openStore({ ...at, ...options });
      t.after(() => store.close());
      return store;
    },
  };
}
