import type { TestContext } from 'node:test';
import { openStore } from '../../src/store/open.ts';
import type { Store, StoreOptions } from '../../src/store/open.ts';
import { tempDir } from './temp-dir.ts';

/** A new store in an empty directory; closed and removed after the test. */
export async function tempStore(t: TestContext, options: Partial<StoreOptions> = {}): Promise<Store> {
  const directory = options.directory ?? tempDir(t);
  const store = await openStore({ ...options, directory });
  t.after(() => store.close());
  return store;
}
