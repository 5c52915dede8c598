import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MirrorRequest } from '../../src/mirror/mirror.ts';
import { slugOf } from '../../src/mirror/slug.ts';
import { mirrorCase, newFileDiff, patchWith, requestFor } from './mirror-case.ts';

const start = () => mirrorCase((repo) => repo.commit({ a: '1\n' }, 'One'));

function series(more: Partial<MirrorRequest> = {}, file = 'new'): MirrorRequest {
  const msgid = `<${more.key ?? 'one'}@example.org>`;
  return requestFor([patchWith(newFileDiff(file), { msgid })], {
    key: 'one',
    subject: 'xen/arm: Misc tiny fixes',
    ...more,
  });
}

test('a ref is named after project, year, title and version', async () => {
  await using one = await start();
  const { mirror } = one;
  assert.equal((await mirror.apply(series())).ref, 'refs/heads/patchloom/demo/2024/xen-arm-misc-tiny-fixes/v1');
  const next = await mirror.apply(series({ key: 'two', version: 2, revision: 1, date: '2025-01-01T00:00:00Z' }));
  assert.equal(next.ref, 'refs/heads/patchloom/demo/2025/xen-arm-misc-tiny-fixes/v2.1');
});

test('the same series on the same base gives the same commits and ref, and writes nothing', async () => {
  await using one = await start();
  const first = await one.mirror.apply(series());
  const refs = one.git('for-each-ref');
  assert.deepEqual(await one.mirror.apply(series()), first);
  assert.equal(one.git('for-each-ref'), refs);
});

test('later tags in a message neither rewrite nor add a commit', async () => {
  await using one = await start();
  const first = await one.mirror.apply(series());
  const request = series();
  const patches = request.patches.map((patch) => ({
    ...patch,
    message: `${patch.message}\nAcked-by: Bo <bo@example.org>\n`,
  }));
  assert.deepEqual(await one.mirror.apply({ ...request, patches }), first);
});

test('another base gets the next name, and coming back finds the first', async () => {
  await using one = await start();
  const { mirror, upstream } = one;
  const old = upstream.git('rev-parse', 'HEAD');
  const first = await mirror.apply(series());
  upstream.commit({ a: '2\n' }, 'Two');
  await mirror.fetch();
  const second = await mirror.apply(series());
  assert.equal(second.ref, `${first.ref}-2`);
  assert.notEqual(second.tip, first.tip);
  assert.equal(one.git('rev-parse', String(first.ref)), first.tip);
  assert.deepEqual({ ...(await mirror.apply(series(), old)), base: null }, { ...first, base: null });
});

test('another series of the same title and year gets a part of its key', async () => {
  await using one = await start();
  const { mirror, upstream } = one;
  const first = await mirror.apply(series());
  const other = await mirror.apply(series({ key: 'two' }, 'other'));
  assert.match(String(other.ref), /\/xen-arm-misc-tiny-fixes-[0-9a-f]{8}\/v1$/);
  upstream.commit({ a: '2\n' }, 'Two');
  await mirror.fetch();
  assert.equal((await mirror.apply(series({ key: 'two' }, 'other'))).ref, `${other.ref}-2`);
  assert.equal((await mirror.apply(series())).ref, `${first.ref}-2`);
});

test('a kill between the name and its record is mended by doing the work again', async () => {
  await using one = await start();
  const first = await one.mirror.apply(series());
  for (const name of one.git('for-each-ref', '--format=%(refname)', 'refs/patchloom').split('\n'))
    one.git('update-ref', '-d', name);
  assert.deepEqual(await one.mirror.apply(series()), first);
  assert.equal(one.git('for-each-ref', 'refs/heads').split('\n').length, 1);
});

test('twenty calls at the same time agree on one ref', async () => {
  await using one = await start();
  const results = await Promise.all(Array.from({ length: 20 }, () => one.mirror.apply(series())));
  assert.equal(
    new Set(results.map((result) => `${result.state} ${result.ref} ${result.tip} ${result.reason}`)).size,
    1,
  );
  assert.equal(one.git('for-each-ref', 'refs/heads').split('\n').length, 1);
});

test('a slug is short, plain and never empty', () => {
  assert.equal(slugOf('[XEN PATCH v2 0/4] xen/arm: Misc tiny fixes'), 'xen-arm-misc-tiny-fixes');
  assert.equal(slugOf('Crème brûlée: Über'), 'creme-brulee-uber');
  for (const hostile of ['', '///', '..', '@{-1}', '.lock', '[PATCH]', '\u0000\n', '日本語'])
    assert.equal(slugOf(hostile).length > 0, true);
  assert.equal(slugOf('日本語'), 'series');
  assert.equal(slugOf('../../x.lock~1^{}'), 'x-lock-1');
  assert.equal(slugOf('a'.repeat(500)).length, 50);
  assert.equal(slugOf('word '.repeat(100)).length <= 50, true);
});

test('a series is found by its Message-ID, too, whatever stands in it', async () => {
  await using one = await start();
  const byId = () => one.git('for-each-ref', '--format=%(refname:lstrip=4)', 'refs/patchloom/by-id/demo/').split('\n');
  for (const msgid of [
    '<plain.1-2@example.org>',
    '<a b@x>',
    '<..@x>',
    '<x.lock>',
    '<@{u}>',
    `<${'n'.repeat(900)}@x>`,
    '<é@x>',
  ])
    assert.equal(
      (await one.mirror.apply(series({ key: msgid, msgid }, msgid.length.toString()))).state,
      'applied',
      msgid,
    );
  const names = byId();
  assert.equal(names.length, 7);
  assert.ok(names.some((name) => /^plain\.1-2@example\.org\/[0-9a-f]{12}-[0-9a-f]{8}\/engine$/.test(name)));
});

test('tags that come later go to a branch beside the published one, and more of them to another', async () => {
  await using one = await start();
  const { mirror } = one;
  const request = series();
  const first = await mirror.apply(request);
  assert.equal(await mirror.acked(request, first), null);
  const tagged = (...tags: string[]) => {
    const message = `${request.patches[0]?.title}\n\n${tags.map((tag) => `Acked-by: ${tag} <${tag}@example.org>\n`).join('')}`;
    return { ...request, patches: request.patches.map((patch) => Object.assign({}, patch, { message })) };
  };
  const acked = await mirror.acked(tagged('bo'), first);
  assert.equal(acked?.ref, `${first.ref}-acked`);
  assert.equal(one.git('log', '-1', '--format=%(trailers)', acked.tip), 'Acked-by: bo <bo@example.org>\n');
  assert.equal(one.git('rev-parse', `${acked.tip}^{tree}`), first.tree);
  assert.deepEqual(await mirror.acked(tagged('bo'), first), acked);
  assert.equal((await mirror.acked(tagged('bo', 'cy'), first))?.ref, `${first.ref}-acked-2`);
  assert.equal(one.git('rev-parse', String(first.ref)), first.tip);
  assert.deepEqual(await mirror.apply(tagged('bo')), first);
});
