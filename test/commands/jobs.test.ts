import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim, enqueue, fail } from '../../src/store/jobs.ts';
import { openStore } from '../../src/store/open.ts';
import { cli } from '../helpers/cli.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test('a job that was given up is shown with its error, tried again on request, and let go on request', async (t) => {
  const data = tempDir(t);
  const store = await openStore({ directory: data });
  t.after(() => store.close());
  const options = { kinds: ['mirror'], leaseMs: 1000, now: 5 };
  await store.transaction((tx) => enqueue(tx, { kind: 'mirror', key: 'demo series', payload: null }, 1));
  const giveUp = async (): Promise<void> => {
    const job = (await claim(store, options)) ?? assert.fail('nothing to do');
    await store.transaction((tx) => fail(tx, job, 'the remote says no', null));
  };
  const jobs = (...words: string[]) => cli('jobs', ...words, '--data', data);
  assert.match((await jobs()).out, /^pending {2}mirror +1\n$/);
  await giveUp();
  const shown = await jobs();
  const id = /^dead +mirror +(\d+) demo series\n +the remote says no\n$/.exec(shown.out)?.[1] ?? assert.fail(shown.out);
  assert.deepEqual(JSON.parse((await jobs('--json')).out), {
    id: Number(id),
    kind: 'mirror',
    key: 'demo series',
    error: 'the remote says no',
    state: 'dead',
  });
  // The clock of the command is the real one: what it puts back may be claimed from then on.
  assert.equal((await jobs('retry', id)).code, 0);
  assert.match((await jobs()).out, /^pending {2}mirror +1\n$/);
  const job = (await claim(store, { ...options, now: Date.now() + 1000 })) ?? assert.fail('not put back');
  assert.equal(job.attempt, 1, 'it starts anew');
  await store.transaction((tx) => fail(tx, job, 'again no', null));
  assert.equal((await jobs('drop', id)).code, 0);
  assert.deepEqual([(await jobs()).out, (await jobs('drop', id)).code], ['', 1]);
  assert.equal((await jobs('retry', 'all')).code, 2);
});
