import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { openPath } from '../../src/source/source.ts';
import { stdinSource } from '../../src/source/stdin.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const MAIL = 'Subject: x\n\nFrom here\n\nFrom a@b Fri Jun 28 14:31:13 2024\n';

async function fromStdin(text: string): Promise<string[]> {
  const source = stdinSource(Readable.from([Buffer.from(text)]));
  const mails = await Array.fromAsync(source.read(null, new AbortController().signal));
  return mails.map(({ raw, label }) => `${label}|${Buffer.from(raw).toString()}`);
}

test('a path that is not there is told with its name', async () => {
  await assert.rejects(openPath('/nowhere/x.mbox'), {
    code: 'SOURCE_MISSING',
    message: '/nowhere/x.mbox: no such file or directory',
  });
});

test('a file that is no mail and a directory that is no archive are told', async (t) => {
  const directory = tempDir(t);
  writeFileSync(join(directory, 'picture'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0]));
  mkdirSync(join(directory, 'folder'));
  await assert.rejects(openPath(join(directory, 'picture')), {
    code: 'SOURCE_UNREADABLE',
    message: /picture: is neither an mbox nor a mail$/,
  });
  await assert.rejects(openPath(join(directory, 'folder')), {
    code: 'SOURCE_UNREADABLE',
    message: /folder: is a directory, but neither/,
  });
});

test('a file that vanished or broke after it was opened is told while it is read', async (t) => {
  const path = join(tempDir(t), 'x.mbox.gz');
  writeFileSync(path, Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(64, 0xff)]));
  const source = await openPath(path);
  const read = Array.fromAsync(source.read(null, new AbortController().signal));
  await assert.rejects(read, { code: 'SOURCE_UNREADABLE', message: /x\.mbox\.gz: cannot be read: damaged gzip data$/ });
});

test('standard input is one mail, or an mbox where it starts with a postmark', async () => {
  assert.deepEqual(await fromStdin(MAIL), [`standard input: mail 1|${MAIL}`]);
  const mbox = `From a@b Fri Jun 28 14:31:13 2024\nSubject: 1\n\n>From x\n\nFrom a@b Fri Jun 28 14:31:13 2024\nSubject: 2\n`;
  assert.deepEqual(await fromStdin(mbox), [
    'standard input: mail 1|Subject: 1\n\nFrom x\n',
    'standard input: mail 2|Subject: 2\n',
  ]);
  assert.deepEqual(await fromStdin(''), []);
});
