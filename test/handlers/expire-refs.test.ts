import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../config/loader.ts';
import { expireOld } from '../../handlers/expire-refs.ts';
import { upstreamMoved } from '../../handlers/upstream-moved.ts';
import { openBot, STAGES } from '../../src/bot.ts';
import { takeIn } from '../../src/intake.ts';
import { mboxSource } from '../../src/source/mbox.ts';
import { silentLog } from '../../src/util/log.ts';
import { drain } from '../../src/worker.ts';
import { mailsOf } from '../helpers/case-bot.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const DAY = 86_400_000;

test('branches of series that upstream has go after so long, those of open ones stay', async (t) => {
  await using repo = await gitRepo();
  const directory = tempDir(t);
  const base = repo.commit({ a: 'one\n' }, 'Begin');
  const landing = repo.commit({ a: 'two\n' }, 'demo: change a file');
  const mails = mailsOf(repo, `${base}..HEAD`, 'landed');
  repo.git('reset', '-q', '--hard', base);
  repo.commit({ b: 'new\n' }, 'demo: add a file');
  mails.push(...mailsOf(repo, `${base}..HEAD`, 'open'));
  repo.git('reset', '-q', '--hard', base);
  const remote = repo.bare();
  const branches = () =>
    repo.git(`--git-dir=${remote}`, 'for-each-ref', '--format=%(refname:lstrip=5)', 'refs/heads/patchloom').split('\n');

  const file = join(directory, 'patchloom.yaml');
  const git = `git: {upstream: "${repo.path}", branch: main, publish: "${remote}", expire: 90d}`;
  const limits = 'limits: {act_within_days: 36500}';
  writeFileSync(
    file,
    `data: data\nbot: {email: bot@example.org}\n${limits}\nprojects:\n  demo: {fallback: true, ${git}}\n`,
  );
  let now = Date.now();
  await using bot = await openBot(loadConfig(file, {}), { log: silentLog, clock: { now: () => now } });
  const box = join(directory, 'box');
  const line = Buffer.from('From mboxrd@z Thu Jan  1 00:00:00 1970\n');
  writeFileSync(box, Buffer.concat(mails.flatMap((mail) => [line, mail, Buffer.from('\n')])));
  await takeIn(bot, mboxSource(box), { act: true, signal: new AbortController().signal });
  await drain(bot, { mirror: STAGES.mirror });
  assert.deepEqual(branches(), ['demo-add-a-file/v1', 'demo-change-a-file/v1']);

  repo.git('reset', '-q', '--hard', landing);
  await upstreamMoved(bot, 'demo');
  now += 89 * DAY;
  assert.equal(await expireOld(bot, 'demo'), 0);
  now += 2 * DAY;
  assert.equal(await expireOld(bot, 'demo'), 1);
  assert.deepEqual(branches(), ['demo-add-a-file/v1']);
  assert.equal(await expireOld(bot, 'demo'), 0, 'it is gone already');
});
