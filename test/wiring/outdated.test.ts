import assert from 'node:assert/strict';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import { runService } from '../../src/service.ts';
import { silentLog } from '../../src/util/log.ts';
import { storeTest } from '../helpers/store-test.ts';

storeTest(
  'a bot that runs while a newer one brings the schema further ends in order and says so in one line',
  async ({ at, open }, t) => {
    const config = { ...loadConfig(presetPath('default'), {}, { data: at.directory }), database: at.database ?? null };
    const stop = new AbortController();
    t.after(() => stop.abort());
    const { promise: ready, resolve } = Promise.withResolvers<null>();
    const running = runService(config, {
      log: silentLog,
      signal: stop.signal,
      schemaMs: 20,
      onReady: () => resolve(null),
    });
    await Promise.race([ready, running]);
    const newer = await open();
    await newer.transaction((tx) => tx.insertInto('migration').values({ number: 999, name: 'of tomorrow' }).execute());
    await assert.rejects(running, {
      code: 'STORE_NEWER',
      message: /its schema is 999, this patchloom knows up to \d+$/,
    });
    await assert.rejects(open(), { code: 'STORE_NEWER' });
  },
);
