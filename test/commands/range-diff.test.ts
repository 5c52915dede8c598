import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caseBot, mailsOf } from '../helpers/case-bot.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test('a version is compared with the one before it, and a patch by what it leaves', async (t) => {
  await using repo = await gitRepo();
  const lines = (last: string) => `${'one\n'.repeat(4)}${last}`;
  const base = repo.commit({ a: 'one\n', b: lines('one\n') }, 'Begin');
  const version = (text: string, name: string, ...options: string[]) => {
    repo.git('reset', '-q', '--hard', base);
    repo.commit({ a: 'two\n' }, 'demo: change a');
    repo.commit({ b: lines(text), c: 'new\n'.repeat(9) }, 'demo: change b');
    return mailsOf(repo, `${base}..HEAD`, name, ...options);
  };
  const bot = caseBot(tempDir(t), repo.path);
  await bot.receive(...version('two\n', 'old'), ...version('three\u001b[2J\n', 'new', '-v2'));
  const compared = await bot.run('range-diff', 'new-1@example.org');
  assert.match(compared, /^1: {2}[0-9a-f]{12} = 1: {2}[0-9a-f]{12} demo: change a$/m);
  assert.match(compared, /^2: {2}[0-9a-f]{12} ! 2: {2}[0-9a-f]{12} demo: change b$/m);
  assert.equal(
    await bot.run('range-diff', 'new-1@example.org', '--from', 'v1', '--patch', '2'),
    '## b ##\n@@\n one\n one\n one\n-two\n+three\ufffd[2J\n',
  );
  assert.equal(
    await bot.run('range-diff', 'new-1@example.org', '--patch', '1'),
    'patch 1 leaves the same in both versions\n',
  );
  await assert.rejects(bot.run('range-diff', 'old-1@example.org'), /there is no version before this one/);
});
