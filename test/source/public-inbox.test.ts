import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { RawMail } from '../../src/source/source.ts';
import { openPath } from '../../src/source/source.ts';
import { exec } from '../../src/util/exec.ts';
import { tempDir } from '../helpers/temp-dir.ts';

interface FastImport {
  readonly file: string;
  readonly text: string | null;
}

/** Writes one commit for each change into a bare repository; `null` deletes the file. */
async function commit(repository: string, changes: readonly FastImport[], branch = 'master'): Promise<void> {
  await exec('git', ['init', '-q', '--bare', '-b', 'master', repository]);
  const ref = `refs/heads/${branch}`;
  const old = (await exec('git', ['--git-dir', repository, 'rev-parse', '-q', '--verify', ref])).stdout
    .toString()
    .trim();
  const script = changes.map(({ file, text }, index) => {
    const from = index === 0 && old !== '' ? `from ${old}\n` : '';
    const change = text === null ? `D ${file}` : `M 100644 inline ${file}\ndata ${Buffer.byteLength(text)}\n${text}`;
    return `commit ${ref}\ncommitter A <a@x> ${1_700_000_000 + index} +0000\ndata 0\n${from}${change}\n`;
  });
  const result = await exec('git', ['--git-dir', repository, 'fast-import', '--quiet'], { input: script.join('\n') });
  assert.equal(result.code, 0, result.stderr);
}

const mail = (number: number): string => `Message-ID: <${number}@x>\n\nmail ${number}\n`;
const v2 = (number: number): FastImport => ({ file: 'm', text: mail(number) });

async function readAll(path: string, cursor: string | null = null): Promise<RawMail[]> {
  return Array.fromAsync((await openPath(path)).read(cursor, new AbortController().signal));
}

function texts(mails: readonly RawMail[]): string[] {
  return mails.map(({ raw }) => Buffer.from(raw).toString());
}

function inbox(t: TestContext): { path: string; epoch: (number: number) => string } {
  const path = join(tempDir(t), 'dev');
  return { path, epoch: (number) => join(path, 'git', `${number}.git`) };
}

test('a v2 archive is read epoch by epoch, oldest mail first', async (t) => {
  const { path, epoch } = inbox(t);
  await commit(epoch(0), [v2(1), v2(2)]);
  await commit(epoch(1), [v2(3)]);
  const mails = await readAll(path);
  assert.deepEqual(texts(mails), [mail(1), mail(2), mail(3)]);
  assert.match(mails[0]?.label ?? '', /^dev: 0 [0-9a-f]{12}$/);
  assert.equal(mails.at(-1)?.done, 1);
});

test('only new commits are read after a cursor, also in new epochs', async (t) => {
  const { path, epoch } = inbox(t);
  await commit(epoch(0), [v2(1), v2(2)]);
  const cursor = (await readAll(path)).at(-1)?.cursor ?? null;
  assert.deepEqual(await readAll(path, cursor), []);
  await commit(epoch(0), [v2(3)]);
  await commit(epoch(1), [v2(4)]);
  assert.deepEqual(texts(await readAll(path, cursor)), [mail(3), mail(4)]);
});

test('many mails come whole and in order', async (t) => {
  const { path, epoch } = inbox(t);
  await commit(
    epoch(0),
    Array.from({ length: 300 }, (_, index) => v2(index)),
  );
  assert.deepEqual(
    texts(await readAll(path)),
    Array.from({ length: 300 }, (_, index) => mail(index)),
  );
});

test('deleted mails are passed over', async (t) => {
  const { path, epoch } = inbox(t);
  await commit(epoch(0), [
    v2(1),
    { file: 'm', text: null },
    { file: 'd', text: mail(1) },
    { file: 'd', text: null },
    v2(2),
  ]);
  assert.deepEqual(texts(await readAll(path)).slice(-1), [mail(2)]);
});

test('an epoch whose history was rewritten is read again', async (t) => {
  const { path, epoch } = inbox(t);
  await commit(epoch(0), [v2(1), v2(2)]);
  const cursor = JSON.stringify({ 0: createHash('sha1').update('gone').digest('hex') });
  assert.equal((await readAll(path, cursor)).length, 2);
  assert.equal((await readAll(path, 'rubbish')).length, 2);
});

test('one epoch alone, all.git alone and a HEAD that points nowhere are read', async (t) => {
  const directory = tempDir(t);
  await commit(join(directory, 'one.git'), [v2(1)], 'main');
  assert.deepEqual(texts(await readAll(join(directory, 'one.git'))), [mail(1)]);
  await commit(join(directory, 'inbox', 'all.git'), [v2(2)]);
  assert.deepEqual(texts(await readAll(join(directory, 'inbox'))), [mail(2)]);
  assert.deepEqual(texts(await readAll(join(directory, 'inbox', 'all.git'))), [mail(2)]);
});

test('a v1 archive is read: one file for each mail', async (t) => {
  const path = join(tempDir(t), 'old.git');
  const v1 = (number: number): FastImport => ({
    file: `${String(number).padStart(2, '0')}/${'ab'.repeat(19)}`,
    text: mail(number),
  });
  await commit(path, [v1(1), v1(2), { file: v1(1).file, text: null }, v1(3)]);
  const mails = await readAll(path);
  assert.deepEqual(texts(mails), [mail(1), mail(2), mail(3)]);
  await commit(path, [v1(4)]);
  assert.deepEqual(texts(await readAll(path, mails.at(-1)?.cursor)), [mail(4)]);
});

test('an archive without mail is empty, and a damaged one is told in one line', async (t) => {
  const directory = tempDir(t);
  await exec('git', ['init', '-q', '--bare', join(directory, 'empty.git')]);
  assert.deepEqual(await readAll(join(directory, 'empty.git')), []);
  await commit(join(directory, 'bad', 'git', '0.git'), [v2(1)]);
  await exec('rm', ['-r', join(directory, 'bad', 'git', '0.git', 'refs')]);
  await assert.rejects(readAll(join(directory, 'bad')), {
    code: 'SOURCE_UNREADABLE',
    message: /^[^\n]*0\.git: git [^\n]+$/,
  });
});
