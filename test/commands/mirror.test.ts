import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gitRepo } from '../helpers/git-repo.ts';
import { caseBot, mailsOf } from '../helpers/case-bot.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test('where the configuration says so, commits and mbox name the mail, and folders are taken off names', async (t) => {
  await using repo = await gitRepo();
  const base = repo.commit({ a: 'one\n' }, 'Begin');
  repo.commit({ a: 'two\n' }, 'demo: change a file\n\nSigned-off-by: Ann Author <ann@example.org>');
  const mails = mailsOf(repo, `${base}..HEAD`, 'one', '--no-prefix');
  repo.git('reset', '-q', '--hard', base);
  const bot = caseBot(tempDir(t), repo.path, '{}', ', strip: 0, trailer: message-id');
  await bot.receive(...mails);
  const { state, tip } = JSON.parse(await bot.run('mirror', 'one-1@example.org', '--json')) as Record<string, string>;
  assert.equal(state, 'applied');
  const mbox = await bot.run('am', 'one-1@example.org');
  const am = repo.run(['am', '--quiet', '-p0', '--committer-date-is-author-date'], mbox, {
    GIT_COMMITTER_NAME: 'patchloom',
    GIT_COMMITTER_EMAIL: 'bot@example.org',
  });
  assert.equal(am.code, 0, am.stderr);
  assert.equal(repo.git('rev-parse', 'HEAD'), tip);
  const trailers = repo.git('log', '-1', '--format=%(trailers)');
  assert.equal(trailers, 'Signed-off-by: Ann Author <ann@example.org>\nMessage-ID: <one-1@example.org>\n');
});
