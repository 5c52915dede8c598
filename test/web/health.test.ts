import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '../../src/store/open.ts';
import { silentLog } from '../../src/util/log.ts';
import { healthOf, isReadable } from '../../src/web/health.ts';

const never = <T>(): Promise<T> => new Promise(() => {});

test('a store that hangs is told as unwell and as not ready before whoever asks gives up', async () => {
  const { checks } = await healthOf({ health: never, log: silentLog }, 20);
  assert.deepEqual(checks, [{ name: 'health', ok: false, detail: 'could not be asked; the log says why' }]);
  const question = { select: () => question, limit: () => question, execute: never };
  const db = { selectFrom: () => question } as unknown as Store['db'];
  assert.equal(await isReadable({ db }, 20), false);
});
