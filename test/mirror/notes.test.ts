import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mirrorCase, newFileDiff, patchWith, requestFor } from './mirror-case.ts';

const REF = 'refs/notes/patchloom/demo';

async function start() {
  const one = await mirrorCase((repo) => repo.commit({ a: '1\n' }, 'One'));
  const { tip } = await one.mirror.apply(requestFor([patchWith(newFileDiff('x'))]));
  const shown = (commit: string) => one.git('log', '-1', '--format=%N', `--notes=${REF}`, commit).trimEnd();
  return { ...one, tip: String(tip), shown };
}

test('a note is replaced by a newer one, others stay, and the same again writes nothing', async () => {
  await using one = await start();
  const base = one.git('rev-parse', `${one.tip}^`);
  await one.mirror.annotate(new Map([[base, 'about the base']]));
  await one.mirror.annotate(new Map([[one.tip, 'first']]));
  await one.mirror.annotate(new Map([[one.tip, 'second']]));
  const tip = one.git('rev-parse', REF);
  assert.deepEqual([one.shown(base), one.shown(one.tip)], ['about the base', 'second']);
  assert.equal(one.git('rev-list', '--count', REF), '3');
  await one.mirror.annotate(new Map([[one.tip, 'second\n']]));
  await one.mirror.annotate(new Map());
  assert.equal(one.git('rev-parse', REF), tip);
});

test('text of a mail is text, whatever commands it looks like', async () => {
  await using one = await start();
  const text = 'Acked-by: ü\u0000\ndata 3\nreset refs/heads/main\nfrom 0\n\n#x';
  await one.mirror.annotate(new Map([[one.tip, text]]));
  assert.equal(one.shown(one.tip), text.replace('\u0000', ' '));
  assert.equal(one.git('for-each-ref', '--format=%(refname)', 'refs/heads/main'), '');
  const tip = one.git('rev-parse', REF);
  await one.mirror.annotate(new Map([[one.tip, text]]));
  assert.equal(one.git('rev-parse', REF), tip);
});
