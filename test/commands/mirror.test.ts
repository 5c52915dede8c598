import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MirrorResult } from '../../src/mirror/mirror.ts';
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

for (const options of [[], ['--cover-letter']])
  test(`a series stands on the patches that it says to need ${options.join(' ')}`, async (t) => {
    await using repo = await gitRepo();
    const base = repo.commit({ a: 'one\n', b: 'one\n' }, 'Begin');
    const needed = repo.commit({ a: 'two\n' }, 'demo: what is needed');
    const first = mailsOf(repo, `${base}..HEAD`, 'needed');
    // It would apply without, too.
    repo.commit({ b: 'two\n' }, 'demo: what stands on it');
    const made = mailsOf(repo, `${needed}..HEAD`, 'upper', `--base=${base}`, ...options);
    // A cover letter has the time of the test and another sender: it gets those of the patch.
    const head = /^From: .*\nDate: .*$/m.exec(String(made.at(-1)))?.[0] ?? '';
    const second = made.map((mail) => String(mail).replace(/^From: .*\nDate: .*$/m, head));
    repo.git('reset', '-q', '--hard', base);
    const bot = caseBot(tempDir(t), repo.path);
    await bot.receive(...first, ...second);
    const mirror = async (name: string) =>
      JSON.parse(await bot.run('mirror', `${name}@example.org`, '--json')) as MirrorResult;
    const alone = await mirror('upper-1');
    assert.deepEqual(alone.base, { rule: 'base-commit', name: base, commit: base });
    const { tip } = await mirror('needed-1');
    const upper = await mirror('upper-1');
    assert.deepEqual(upper.base, { rule: 'prerequisite', name: '<needed-1@example.org>', commit: tip });
  });

test('all series are mirrored oldest first, because a later one may stand on an earlier one', async (t) => {
  await using repo = await gitRepo();
  const base = repo.commit({ a: 'one\n' }, 'Begin');
  const first = repo.commit({ a: 'two\n' }, 'demo: begin it');
  const lower = mailsOf(repo, `${base}..HEAD`, 'lower');
  repo.commit({ a: 'three\n' }, 'demo: go on with it');
  const upper = mailsOf(repo, `${first}..HEAD`, 'upper');
  repo.git('reset', '-q', '--hard', base);
  const bot = caseBot(tempDir(t), repo.path);
  await bot.receive(...upper, ...lower);
  const lines = (await bot.run('mirror', '--all', '--json')).trim().split('\n');
  const results = lines.map((line) => JSON.parse(line) as MirrorResult & { msgid: string });
  assert.deepEqual(
    results.map(({ msgid, state, base: on }) => [msgid, state, on?.rule]),
    [
      ['<lower-1@example.org>', 'applied', 'default-branch'],
      ['<upper-1@example.org>', 'applied', 'in-flight'],
    ],
  );
});
