import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seriesId } from '../../src/series/series.ts';
import { requiresCorpus } from '../helpers/corpus.ts';
import { deriveThread, foundTags, readThread, threadNames, wantedTags, XEN_THREADS } from '../helpers/xen-corpus.ts';

test('the corpus of xen-devel threads is there', requiresCorpus(XEN_THREADS), () => {
  assert.ok(threadNames.length >= 8);
});

for (const name of threadNames) {
  test(`${name}: the series, their patches and exactly the expected tags are found`, async () => {
    const { thread, mails } = await readThread(name);
    const { series, tags } = deriveThread(mails);
    assert.deepEqual(new Set(series.map((one) => one.version)), new Set(thread.series.map((one) => one.version)));
    assert.equal(series.length, thread.series.length);
    const patches = new Map(
      series.flatMap((one) => one.patches.map((patch) => [patch.msgid, { patch, one }] as const)),
    );
    for (const patch of thread.series.flatMap((one) => one.patches)) {
      const place = patches.get(patch.msgid);
      assert.equal(place === undefined, patch.missing_mail === true, patch.msgid);
      if (place === undefined) continue;
      const { index, total, subject } = place.patch;
      assert.deepEqual({ index, total, subject }, { index: patch.n, total: patch.m, subject: patch.subject });
      assert.deepEqual(
        foundTags(tags.get(seriesId(place.one))?.patches.get(patch.msgid) ?? []),
        wantedTags(patch),
        patch.msgid,
      );
    }
  });
}
