import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, caseBot } from '../helpers/case-bot.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test('candidates for a stable branch say why, whether they apply, and what is there already', async (t) => {
  await using repo = await gitRepo();
  const old = repo.commit({ 'a.c': 'one\ntwo\nthree\nfour\nfive\n', 'b.c': 'b\n' }, 'start');
  repo.git('branch', 'staging-4.19');
  const fix = repo.commit(
    { 'a.c': 'ONE\ntwo\nthree\nfour\nfive\n' },
    `a: mend one\n\nFixes: ${old.slice(0, 12)} ("start")`,
  );
  repo.commit({ 'b.c': 'new\n' }, 'b: feature');
  repo.commit({ 'b.c': 'newer\n' }, 'b: mend\n\nBackport: 4.19');
  const wanted = repo.commit({ 'c.c': 'c\n' }, 'c: wanted');
  repo.git('checkout', '--quiet', 'staging-4.19');
  repo.git('cherry-pick', '-x', fix);
  repo.git('checkout', '--quiet', 'main');
  const bot = caseBot(tempDir(t), repo.bare(), '{}', ', target_branch: "staging-{target}"');
  const asked = answer(
    'x',
    'ask',
    'Bob <bob@example.org>',
    `${wanted.slice(0, 12)} ("c: wanted")`,
    'Re: preparations for 4.19.1',
  );
  await bot.receive(asked);
  const rows = (await bot.run('backports', '4.19', '--all', '--json'))
    .trim()
    .split('\n')
    .map((line) => {
      const { title, there, applies, reasons } = JSON.parse(line) as {
        title: string;
        there: string | null;
        applies: string | null;
        reasons: { kind: string }[];
      };
      return [title, there !== null, applies, ...reasons.map(({ kind }) => kind)];
    });
  assert.deepEqual(rows, [
    ['a: mend one', true, null, 'fixes'],
    ['b: mend', false, 'conflict', 'tag'],
    ['c: wanted', false, 'clean', 'request'],
  ]);
  const text = await bot.run('backports', '4.19');
  assert.match(text, /^2 candidates for 4\.19; 1 more are there already\n/);
  assert.match(text, /\n {4}applies; asked for by Bob in <ask@example\.org>\n/);
  await assert.rejects(bot.run('backports', '4.99'), /GIT_REF_MISSING/);
  await assert.rejects(bot.run('backports', '../x'), /exit code 2/);
});
