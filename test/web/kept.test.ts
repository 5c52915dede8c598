import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kept } from '../../src/web/kept.ts';

test('a kept value is made once for all who come in its time, and anew after it', async () => {
  let made = 0;
  const ask = kept(100, async () => (made += 1));
  assert.deepEqual(await Promise.all([ask(0), ask(50), ask(99)]), [1, 1, 1]);
  assert.equal(await ask(100), 2);
  assert.equal(await ask(-1_000), 3, 'a clock that was set back');
});

test('a value that could not be made is tried again at once', async () => {
  let made = 0;
  const ask = kept(100, async () => {
    made += 1;
    if (made === 1) throw new Error('no');
    return made;
  });
  await assert.rejects(ask(0));
  assert.equal(await ask(1), 2);
});
