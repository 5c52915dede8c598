import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { RawMail } from '../../src/source/source.ts';
import { openPath } from '../../src/source/source.ts';
import { splitMbox } from '../../src/source/mbox-split.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const POSTMARK = 'From ann@example.org Fri Jun 28 14:31:13 2024\n';

function mail(number: number, body = 'text'): string {
  return `Message-ID: <${number}@x>\nSubject: ${number}\n\n${body}\n`;
}

function mbox(...mails: readonly string[]): string {
  return mails.map((text) => `${POSTMARK}${text}\n`).join('');
}

async function readAll(path: string, cursor: string | null = null): Promise<RawMail[]> {
  return Array.fromAsync((await openPath(path)).read(cursor, new AbortController().signal));
}

function texts(mails: readonly { raw: Uint8Array }[]): string[] {
  return mails.map(({ raw }) => Buffer.from(raw).toString('latin1'));
}

test('an mbox gives its mails without postmarks, with labels, cursors and progress', async (t) => {
  const path = join(tempDir(t), 'dev.mbox');
  writeFileSync(path, mbox(mail(1), mail(2), mail(3)));
  const mails = await readAll(path);
  assert.deepEqual(texts(mails), [mail(1), mail(2), mail(3)]);
  assert.deepEqual(
    mails.map(({ label }) => label),
    ['dev.mbox: mail 1', 'dev.mbox: mail 2', 'dev.mbox: mail 3'],
  );
  assert.equal(mails.at(-1)?.done, 1);
  assert.deepEqual(texts(await readAll(path, mails[0]?.cursor)), [mail(2), mail(3)]);
});

test('one level of quoting is taken off From lines, mboxrd and mboxo', async (t) => {
  const path = join(tempDir(t), 'x.mbox');
  writeFileSync(path, mbox(mail(1, '>From me\n>>From you\n> From x\na >From b\n>>>From z')));
  assert.deepEqual(texts(await readAll(path)), [mail(1, 'From me\n>From you\n> From x\na >From b\n>>From z')]);
});

test('a From line separates only as a postmark behind an empty line', async (t) => {
  const path = join(tempDir(t), 'x.mbox');
  const body = 'From here on it is text\n\nFrom the beginning\nFrom a@b Fri Jun 28 14:31:13 2024\nend';
  writeFileSync(path, mbox(mail(1, body), mail(2)));
  assert.deepEqual(texts(await readAll(path)), [mail(1, body), mail(2)]);
});

test('the pieces in which a stream comes do not matter', async () => {
  const text =
    mbox(mail(1, '>From x\n\nFrom y\n\n'), mail(2), '', mail(3)).replaceAll('\n', '\r\n') + mbox(mail(4), mail(5));
  const split = async (size: number): Promise<string[]> => {
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
    }
    return texts(await Array.fromAsync(splitMbox(pieces())));
  };
  const whole = await split(text.length);
  assert.equal(whole.length, 6);
  assert.deepEqual([whole[2], whole[5]], ['', mail(5)]);
  for (const size of [1, 2, 3, 5, 7, 16, 31, 64]) assert.deepEqual(await split(size), whole, `pieces of ${size}`);
});

test('a truncated mbox still gives its last mail', async (t) => {
  const path = join(tempDir(t), 'x.mbox');
  writeFileSync(path, `${mbox(mail(1))}${POSTMARK}Subject: cut\n\nhalf a li`);
  assert.deepEqual(texts(await readAll(path)), [mail(1), 'Subject: cut\n\nhalf a li']);
});

test('an mbox that grew is read on from where it ended', async (t) => {
  const path = join(tempDir(t), 'x.mbox');
  writeFileSync(path, mbox(mail(1), mail(2)));
  const last = (await readAll(path)).at(-1);
  assert.deepEqual(await readAll(path, last?.cursor), []);
  appendFileSync(path, mbox(mail(3)));
  const more = await readAll(path, last?.cursor);
  assert.deepEqual(texts(more), [mail(3)]);
  assert.equal(more[0]?.label, 'x.mbox: mail 3');
});

test('a last mail that was only half written comes again when it is whole', async (t) => {
  const path = join(tempDir(t), 'x.mbox');
  writeFileSync(path, mbox(mail(1)) + POSTMARK + mail(2).slice(0, 20));
  const last = (await readAll(path)).at(-1);
  appendFileSync(path, mail(2).slice(20));
  assert.deepEqual(texts(await readAll(path, last?.cursor)), [mail(2)]);
});

test('an mbox that was replaced, shortened or rewritten is read from the start', async (t) => {
  const directory = tempDir(t);
  const path = join(directory, 'x.mbox');
  writeFileSync(path, mbox(mail(1), mail(2)));
  const cursor = (await readAll(path)).at(-1)?.cursor ?? '';
  writeFileSync(path, mbox(mail(9)));
  assert.deepEqual(texts(await readAll(path, cursor)), [mail(9)]);
  writeFileSync(path, mbox(mail(7, 'longer than before'.repeat(9)), mail(8)));
  assert.equal((await readAll(path, cursor)).length, 2);
  writeFileSync(path, mbox(mail(3), mail(4)));
  assert.deepEqual(texts(await readAll(path, cursor)), [mail(3), mail(4)], 'others of the same length');
  copyFileSync(path, join(directory, 'copy'));
  renameSync(join(directory, 'copy'), path);
  assert.equal((await readAll(path, cursor)).length, 2);
  assert.equal((await readAll(path, 'rubbish')).length, 2);
});

test('a gzipped mbox is read, resumed, and given as far as it goes when it is cut off', async (t) => {
  const path = join(tempDir(t), 'x.mbox.gz');
  const numbers = Array.from({ length: 500 }, (_, index) => mail(index, String(Math.sin(index)).repeat(20)));
  const packed = gzipSync(mbox(...numbers));
  writeFileSync(path, packed);
  const mails = await readAll(path);
  assert.deepEqual(texts(mails), numbers);
  assert.deepEqual(texts(await readAll(path, mails[497]?.cursor)), numbers.slice(498));
  writeFileSync(path, packed.subarray(0, packed.length / 2));
  const cut = texts(await readAll(path));
  assert.ok(cut.length > 100 && cut.length < 500);
  assert.deepEqual(cut.slice(0, -1), numbers.slice(0, cut.length - 1));
});

test('a file with one mail is one mail, whatever it quotes', async (t) => {
  const path = join(tempDir(t), 'mail.eml');
  const text = `${mail(1)}\n${POSTMARK}>From x\n`;
  writeFileSync(path, text);
  assert.deepEqual(texts(await readAll(path)), [text]);
});

test('an empty file is an empty mbox', async (t) => {
  const path = join(tempDir(t), 'empty');
  writeFileSync(path, '');
  assert.deepEqual(await readAll(path), []);
});

test('reading stops when it is told to', async (t) => {
  const path = join(tempDir(t), 'x.mbox');
  writeFileSync(path, mbox(mail(1), mail(2), mail(3)));
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const { label } of (await openPath(path)).read(null, stop.signal)) {
    seen.push(label);
    stop.abort();
  }
  assert.equal(seen.length, 1);
});

test('a mail above the cap is cut, says so, and the next one is whole', async () => {
  const block = Buffer.alloc(1 << 20, 'x\n');
  async function* pieces(): AsyncGenerator<Buffer> {
    yield Buffer.from(`${POSTMARK}Subject: huge\n\n`);
    for (let count = 0; count < 130; count += 1) yield block;
    yield Buffer.from(`\n${mbox(mail(2))}`);
  }
  const mails = await Array.fromAsync(splitMbox(pieces()));
  assert.deepEqual(
    mails.map(({ raw, cut }) => [raw.length, cut]),
    [
      [128 << 20, true],
      [mail(2).length, false],
    ],
  );
});
