import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import type { Role } from '../../src/roles.ts';
import { runService } from '../../src/service.ts';
import { seal } from '../../src/store/seals.ts';
import { silentLog } from '../../src/util/log.ts';
import { type StoreCase, storeTest } from '../helpers/store-test.ts';

/** A bot that serves, once it does. */
async function serving(t: TestContext, { at }: StoreCase, role: Role): Promise<{ readonly ended: Promise<void> }> {
  const config = { ...loadConfig(presetPath('default'), {}, { data: at.directory }), database: at.database ?? null };
  const stop = new AbortController();
  t.after(() => stop.abort());
  const { promise: ready, resolve } = Promise.withResolvers<null>();
  const ended = runService(config, {
    log: silentLog,
    signal: stop.signal,
    role,
    schemaMs: 20,
    onReady: () => resolve(null),
  });
  await Promise.race([ready, ended]);
  return { ended };
}

storeTest(
  'a bot that runs while a newer one brings the schema further ends in order and says so in one line',
  async (its, t) => {
    const { ended } = await serving(t, its, 'all');
    const newer = await its.open();
    await newer.transaction((tx) => tx.insertInto('migration').values({ number: 999, name: 'of tomorrow' }).execute());
    await assert.rejects(ended, {
      code: 'STORE_NEWER',
      message: /its schema is 999, this patchloom knows up to \d+$/,
    });
    await assert.rejects(its.open(), { code: 'STORE_NEWER' });
  },
);

storeTest('a process with pages alone does not outlive the seal of its store', async (its, t) => {
  const { ended } = await serving(t, its, 'web');
  const store = await its.open();
  await store.transaction((tx) => seal(tx, 'its data was moved'));
  await assert.rejects(ended, { code: 'STORE_SEALED', message: /: its data was moved$/ });
});
