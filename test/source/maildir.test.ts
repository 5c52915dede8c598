import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { RawMail } from '../../src/source/source.ts';
import { openPath } from '../../src/source/source.ts';
import { tempDir } from '../helpers/temp-dir.ts';

function makeMaildir(t: TestContext): { path: string; deliver: (name: string, folder?: string) => void } {
  const path = join(tempDir(t), 'Maildir');
  for (const folder of ['cur', 'new', 'tmp']) mkdirSync(join(path, folder), { recursive: true });
  const deliver = (name: string, folder = 'new'): void => {
    writeFileSync(join(path, 'tmp', name), `Subject: ${name}\n\n`);
    renameSync(join(path, 'tmp', name), join(path, folder, name));
  };
  return { path, deliver };
}

async function readAll(path: string, cursor: string | null = null): Promise<RawMail[]> {
  return Array.fromAsync((await openPath(path)).read(cursor, new AbortController().signal));
}

function names(mails: readonly RawMail[]): string[] {
  return mails.map(({ label }) => label.replace('Maildir: ', ''));
}

test('mails of new and cur are read, and nothing in the Maildir is changed', async (t) => {
  const { path, deliver } = makeMaildir(t);
  deliver('1.a.host');
  deliver('2.b.host:2,S', 'cur');
  writeFileSync(join(path, 'tmp', '3.unfinished'), 'half');
  writeFileSync(join(path, 'new', '.hidden'), '');
  const mails = await readAll(path);
  assert.deepEqual(names(mails).sort(), ['1.a.host', '2.b.host']);
  assert.deepEqual([mails[0]?.done, mails[1]?.done], [0.5, 1]);
  assert.deepEqual(
    [readdirSync(join(path, 'new')).sort(), readdirSync(join(path, 'cur'))],
    [['.hidden', '1.a.host'], ['2.b.host:2,S']],
  );
});

test('a later mail is found whatever its name', async (t) => {
  const { path, deliver } = makeMaildir(t);
  deliver('9.z');
  const first = await readAll(path);
  deliver('1.a');
  const second = await readAll(path, first.at(-1)?.cursor);
  assert.deepEqual(names(second), ['1.a']);
  assert.deepEqual(await readAll(path, second.at(-1)?.cursor), []);
});

test('mails that arrive while others are read are neither lost nor given twice', async (t) => {
  const { path, deliver } = makeMaildir(t);
  const seen: string[] = [];
  let cursor: string | null = null;
  let number = 100;
  for (let round = 0; round < 6; round += 1) {
    for (let count = 0; count < 5; count += 1) deliver(`${(number -= 1)}.x`);
    for await (const mail of (await openPath(path)).read(cursor, new AbortController().signal)) {
      if (round < 5 && seen.length % 3 === 0) deliver(`${(number -= 1)}.y`);
      seen.push(mail.label);
      cursor = mail.cursor;
    }
  }
  seen.push(...(await readAll(path, cursor)).map(({ label }) => label));
  assert.equal(new Set(seen).size, 100 - number);
  assert.equal(seen.length, 100 - number);
});

test('a mail that is moved to cur or deleted while it is read does not stop the reading', async (t) => {
  const { path, deliver } = makeMaildir(t);
  for (const name of ['1', '2', '3']) deliver(name);
  const texts: string[] = [];
  for await (const { raw } of (await openPath(path)).read(null, new AbortController().signal)) {
    if (texts.length === 0) {
      renameSync(join(path, 'new', '2'), join(path, 'cur', '2:2,S'));
      rmSync(join(path, 'new', '3'));
    }
    texts.push(Buffer.from(raw).toString());
  }
  assert.deepEqual(texts, ['Subject: 1\n\n', 'Subject: 2\n\n']);
});

test('a cursor from the future or one that is none reads all again', async (t) => {
  const { path, deliver } = makeMaildir(t);
  deliver('1');
  assert.equal((await readAll(path, `${'9'.repeat(20)}:1`)).length, 1);
  assert.equal((await readAll(path, 'rubbish')).length, 1);
});
