import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gitDate, identOf } from '../../src/mirror/ident.ts';
import { cleanMessage } from '../../src/mirror/message.ts';
import { gitRepo } from '../helpers/git-repo.ts';

test('messages are cleaned as git stripspace does it', async () => {
  await using repo = await gitRepo();
  const messages = ['a', '\n\n a \t\n\n\n\nb  \n\n\n', 'a\r\n\r\nb\r\n', 'a\n \n\t\nb', '\n', ' x\n\u00a0\n', 'a\n\n'];
  for (const message of messages)
    assert.equal(
      cleanMessage(message),
      repo.run(['stripspace'], message).stdout.toString('utf8') || '\n',
      JSON.stringify(message),
    );
});

test('a line of a million blanks takes no time', () => {
  assert.equal(cleanMessage(`a${' '.repeat(1_000_000)}b${' '.repeat(1_000_000)}\n`).length, 1_000_003);
});

test('a date keeps its zone', () => {
  assert.equal(gitDate('2024-06-28T15:31:13+01:00'), '1719585073 +0100');
  assert.equal(gitDate('2024-06-28T15:31:13-03:30'), '1719601273 -0330');
  assert.equal(gitDate('2024-06-28T14:31:13Z'), '1719585073 +0000');
  assert.equal(gitDate('2024-06-28T14:31:13.999Z'), '1719585073 +0000');
  assert.equal(gitDate('1969-12-31T23:59:59Z'), null);
  assert.equal(gitDate('soon'), null);
});

test('an author is never taken apart by what stands in the name', () => {
  const ident = identOf({ name: ' Ann (Acme) ', email: ' ann@example.org> ' }, '2024-06-28T14:31:13Z');
  assert.deepEqual(ident, { name: 'Ann (Acme)', email: 'ann@example.org', date: '1719585073 +0000' });
});
