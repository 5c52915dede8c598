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

test('a candidate is built on the stable branch where a person asks for it', async (t) => {
  await using repo = await gitRepo();
  repo.commit({ 'a.c': 'one\n', version: '4.19\n' }, 'start');
  repo.git('branch', 'staging-4.19');
  repo.commit({ version: '4.20\n' }, 'open 4.20');
  const good = repo.commit({ 'a.c': 'two\n' }, 'a: two');
  const bad = repo.commit({ 'a.c': 'broken\n' }, 'a: broken');
  const other = repo.commit({ 'docs.md': 'x\n' }, 'docs: x');
  const run = 'test "$(cat version)" = 4.19 && ! grep -q broken a.c';
  const build = `build: {sandbox: none, jobs: [{name: make, paths: ["*.c"], run: '${run}'}]}`;
  const bot = caseBot(
    tempDir(t),
    repo.bare(),
    '{}',
    `, target_branch: "staging-{target}"}\n    ${build}\n    organisations: {x: y`,
  );
  assert.match(await bot.run('backports', '4.19', '--build', good), /^success {2}make: /);
  await assert.rejects(bot.run('backports', '4.19', '--build', bad), /DOES_NOT_APPLY/, 'it needs the one before');
  await assert.rejects(bot.run('backports', '4.19', '--build', other), /no build-test for the files/);
});
