import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { LiveLog, liveFolder, STEP_FILE } from '../../src/ci/live-log.ts';
import { followLive, type LivePiece, type LivePosition, liveNow } from '../../src/ci/live-reader.ts';
import type { Progress } from '../../src/ci/runner.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const LIMIT = 1000;
const progress = (index: number, done: number): Progress => ({
  patch: { index, msgid: `${index}@example.org`, commit: `c${index}`, tree: `t${index}` },
  job: 'build',
  done,
  total: 3,
});

function liveCase(t: TestContext) {
  const folder = liveFolder(tempDir(t), { project: 'xen', key: '../../<odd> key' });
  const log = new LiveLog(folder, LIMIT);
  t.after(() => log.end());
  return { folder, log };
}

/** Reads until `enough` says so of all the text so far. */
async function read(folder: string, from: LivePosition | null, enough: (text: string) => boolean) {
  const stop = new AbortController();
  const pieces: LivePiece[] = [];
  let text = '';
  for await (const piece of followLive(folder, from, stop.signal)) {
    pieces.push(piece);
    if (piece.kind === 'text') text += piece.text;
    if (enough(text)) stop.abort();
  }
  const last = pieces.findLast((piece) => piece.kind === 'text');
  return {
    text,
    steps: pieces.flatMap((piece) => (piece.kind === 'step' ? [piece.step] : [])),
    last: last?.position ?? null,
  };
}

/** Waits until the follower of a beginning run has something to follow. */
async function begun(folder: string): Promise<void> {
  while ((await liveNow(folder, 1)) === null) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a follower reads the output as it comes, learns of the next check, and ends with the run', async (t) => {
  const { folder, log } = liveCase(t);
  log.step(progress(1, 0));
  log.add(Buffer.from('one\n'));
  await begun(folder);
  const seen: string[] = [];
  for await (const piece of followLive(folder, null, new AbortController().signal)) {
    if (piece.kind === 'idle') continue;
    seen.push(piece.kind === 'text' ? piece.text : `patch ${piece.step.patch} ${piece.step.done}/${piece.step.total}`);
    if (seen.length === 2) log.add(Buffer.from('more\n'));
    if (seen.length === 3) log.step(progress(2, 1));
    if (seen.length === 4) log.add(Buffer.from('two\n'));
    if (seen.length === 5) await log.end();
  }
  assert.deepEqual(seen, ['patch 1 0/3', 'one\n', 'more\n', 'patch 2 1/3', 'two\n']);
  assert.equal(existsSync(folder), false);
});

test('a follower that comes back goes on where it was; of a step that has gone it begins with the next', async (t) => {
  const { folder, log } = liveCase(t);
  log.step(progress(1, 0));
  log.add(Buffer.from('first '));
  await begun(folder);
  const one = await read(folder, null, (text) => text.includes('first'));
  log.add(Buffer.from('second'));
  const two = await read(folder, one.last, (text) => text.includes('second'));
  assert.equal(two.text, 'second');
  log.step(progress(2, 1));
  log.add(Buffer.from('new'));
  const three = await read(folder, two.last, (text) => text.includes('new'));
  assert.deepEqual([three.text, three.steps.at(-1)?.patch], ['new', 2]);
});

test('however much comes, the disk holds the first and the last of it, and a slow follower is told what is missing', async (t) => {
  const { folder, log } = liveCase(t);
  log.step(progress(1, 0));
  log.add(Buffer.from(`FIRST${'x'.repeat(100)}`));
  await begun(folder);
  const early = await read(folder, null, (text) => text.includes('FIRST'));
  for (let round = 0; round < 8; round++) {
    for (let number = 0; number < 50; number++) log.add(Buffer.from(`${round} ${'y'.repeat(98)}`));
    await read(folder, null, (text) => text.includes(`${round} yy`));
  }
  log.add(Buffer.from('LAST'));
  const sizes = await Promise.all(
    (await readdir(folder))
      .filter((name) => /^\d+\.\d+$/.test(name))
      .map(async (name) => (await stat(join(folder, name))).size),
  );
  assert.ok(sizes.reduce((a, b) => a + b, 0) <= 1.5 * LIMIT, sizes.join(' '));
  const slow = await read(folder, early.last, (text) => text.includes('LAST'));
  assert.match(slow.text, /\[\.\.\. \d+ bytes of output left out \.\.\.\]/);
  const fresh = await read(folder, null, (text) => text.includes('LAST'));
  assert.ok(fresh.text.startsWith('FIRST'));
});

test('what would steer a terminal or turn text is taken out, and no character is torn', async (t) => {
  const { folder, log } = liveCase(t);
  log.step(progress(1, 0));
  const bytes = Buffer.from('\u001b[31mred\u001b]0;title\u0007 \u202eevil\r\n\tgrün ✓\n');
  log.add(bytes.subarray(0, bytes.length - 3));
  await begun(folder);
  const torn = await read(folder, null, (text) => text.includes('gr'));
  log.add(bytes.subarray(bytes.length - 3));
  const rest = await read(folder, torn.last, (text) => text.includes('✓'));
  assert.equal(torn.text + rest.text, '[31mred]0;title evil\n\tgrün ✓\n');
});

test('where nothing runs there is nothing to follow, also after a crash that left files', async (t) => {
  const { folder, log } = liveCase(t);
  assert.deepEqual(await read(folder, null, () => false), { text: '', steps: [], last: null });
  assert.equal(await liveNow(folder, 5), null);
  log.step(progress(1, 0));
  await begun(folder);
  await writeFile(join(folder, '1.0'), 'of a run that was killed');
  await utimes(join(folder, STEP_FILE), 0, 0);
  assert.equal(await liveNow(folder, 5), null);
  const next = new LiveLog(folder, LIMIT);
  next.step(progress(2, 0));
  next.add(Buffer.from('1\n2\n3\n'));
  await begun(folder);
  await read(folder, null, (text) => text.includes('3'));
  assert.deepEqual((await liveNow(folder, 2))?.lines, ['2', '3']);
  assert.equal(existsSync(join(folder, '1.0')), false);
  await next.end();
});
