import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { answer, caseBot, mailsOf } from '../helpers/case-bot.ts';
import { type GitRepo, gitRepo } from '../helpers/git-repo.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const SIGNED = 'Signed-off-by: Ann Author <ann@example.org>';
const FILES = { 'a.c': 'one\ntwo\nthree\n', 'b.c': 'one\n' };

interface Found {
  readonly patch: number;
  readonly branch: string;
  readonly rule: string;
  readonly files: readonly string[];
  readonly title: string | null;
  readonly added: readonly string[];
  readonly dropped: readonly string[];
  readonly difference: string;
}

/** A repository, a series of two patches mailed from it, and a place where upstream goes on from the start. */
async function start(t: TestContext, more = '') {
  const repo = await gitRepo();
  t.after(() => repo[Symbol.asyncDispose]());
  const base = repo.commit(FILES, 'start');
  const upstream = repo.bare();
  repo.commit({ 'a.c': 'one\n2\nthree\n' }, `a: say 2\n\n${SIGNED}`);
  repo.commit({ 'b.c': 'uno\n' }, `b: say uno\n\n${SIGNED}`);
  const mails = mailsOf(repo, base, 's');
  repo.git('reset', '--quiet', '--hard', base);
  const bot = caseBot(tempDir(t), upstream, '{}', more);
  const push = (branch = 'main') => repo.git('push', '--quiet', '--force', upstream, `HEAD:refs/heads/${branch}`);
  const found = async (): Promise<readonly Found[]> => {
    await bot.run('ready', '--fetch');
    const { change } = JSON.parse((await bot.run('series', '--json')).trim()) as { change: string };
    const shown = JSON.parse(await bot.run('show', change, '--json')) as { versions: { upstream: Found[] }[] };
    return shown.versions.at(-1)?.upstream ?? [];
  };
  return { repo, base, mails, bot, push, found };
}

function brief(found: readonly Found[]): readonly string[] {
  return found.map(({ patch, branch, rule }) => `${patch} ${branch} ${rule}`);
}

function commitOne(repo: GitRepo, message = `a: say 2\n\n${SIGNED}`, author?: string): string {
  return repo.commit({ 'a.c': 'one\n2\nthree\n' }, message, author);
}

test('a series that went in as it was is found by its content, and leaves the queue', async (t) => {
  const { repo, mails, bot, push, found } = await start(t);
  await bot.receive(...mails);
  assert.match(await bot.run('ready'), /1 not ready/);
  commitOne(repo);
  repo.commit({ 'b.c': 'uno\n' }, `b: say uno\n\n${SIGNED}`);
  push();
  assert.deepEqual(brief(await found()), ['1 main content', '2 main content']);
  assert.match(await bot.run('ready'), /0 not ready/);
  assert.match(await bot.run('show', '<s-2@example.org>'), /v1 upstream main: whole\n/);
});

test('a series that is upstream in part stays in the queue without what went in', async (t) => {
  const { repo, mails, bot, push, found } = await start(t);
  await bot.receive(...mails);
  commitOne(repo);
  push();
  assert.deepEqual(brief(await found()), ['1 main content']);
  const text = await bot.run('ready');
  assert.match(text, /upstream has patch 1 already/);
  assert.doesNotMatch(text, /patch 1: no/);
  assert.match(await bot.run('show', '<s-1@example.org>'), /v1 upstream main: 1 of 2 patches/);
});

test('what the committer changed is told: lines, title, trailers added and dropped', async (t) => {
  const { repo, mails, bot, push, found } = await start(t);
  const acked = answer('s-1', 'r1', 'Bob <bob@example.org>', 'Acked-by: Bob Builder <bob@example.org>');
  await bot.receive(...mails, acked);
  repo.commit({ 'a.c': 'one\nTWO\nthree\n' }, `a: say 2\n\n${SIGNED}\nReviewed-by: Carl Committer <carl@example.org>`);
  repo.commit({ 'b.c': 'uno\n' }, `b: speak Italian\n\n${SIGNED}`);
  push();
  const [first, second] = await found();
  assert.deepEqual([first?.rule, first?.files, first?.title], ['title', ['a.c'], null]);
  assert.equal(first?.difference, 'a.c\nmailed    +2\ncommitted +TWO');
  assert.deepEqual(first?.added, ['Reviewed-by: Carl Committer <carl@example.org>']);
  assert.deepEqual(first?.dropped, ['Acked-by: Bob Builder <bob@example.org>']);
  assert.deepEqual([second?.rule, second?.files, second?.title], ['content', [], 'b: speak Italian']);
});

test('a patch whose blanks were changed is found by git’s patch id', async (t) => {
  const { repo, mails, bot, push, found } = await start(t);
  await bot.receive(...mails);
  repo.commit({ 'a.c': 'one\n\t2\nthree\n' }, `a: other words\n\n${SIGNED}`);
  push();
  assert.deepEqual(brief(await found()), ['1 main patch-id']);
});

test('a mail that comes after the commit was seen is still found there', async (t) => {
  const { repo, mails, bot, push, found } = await start(t);
  commitOne(repo);
  push();
  await bot.run('ready', '--fetch');
  await bot.receive(...mails);
  assert.deepEqual(brief(await found()), ['1 main content']);
});

test('a commit that names the mail is its patch', async (t) => {
  const { repo, mails, bot, push, found } = await start(t);
  await bot.receive(...mails);
  const link = 'Link: https://lists.example.org/list/s-1@example.org/';
  repo.commit({ 'a.c': 'one\n2\nthree\n', 'new.c': 'x\n' }, `a: rewritten\n\n${link}\n${SIGNED}`);
  push();
  assert.deepEqual(brief(await found()), ['1 main link']);
});

test('the same title on other files, and the same change by somebody else, are other work', async (t) => {
  const { repo, mails, bot, push, found } = await start(t);
  await bot.receive(...mails);
  repo.commit({ 'other.c': 'x\n' }, `a: say 2\n\n${SIGNED}`);
  commitOne(repo, 'fix a number', 'Zoe Other <zoe@example.org>');
  push();
  assert.deepEqual(brief(await found()), []);
});

test('an author whose name the list has munged on the way into the commit is still the author', async (t) => {
  const { repo, mails, bot, push, found } = await start(t);
  await bot.receive(...mails);
  repo.commit({ 'a.c': 'one\nTWO\nthree\n' }, 'a: say 2', 'Ann Author via list <list@lists.example.org>');
  repo.commit({ 'b.c': 'UNO\n', 'c.c': 'c\n' }, 'b: say uno', 'Zoe Other via list <list@lists.example.org>');
  push();
  assert.deepEqual(brief(await found()), ['1 main title']);
});

test('a commit long before its mail is not made of it', async (t) => {
  const { repo, mails, bot, push, found } = await start(t);
  const late = mails.map((mail) =>
    mail.toString('latin1').replace(/^Date: .*$/m, 'Date: Mon, 1 Jul 2024 10:00:00 +0000'),
  );
  commitOne(repo);
  push();
  await bot.receive(...late);
  assert.deepEqual(brief(await found()), []);
});

test('a backport is found in the stable branch that is watched', async (t) => {
  const { repo, base, mails, bot, push, found } = await start(t, ', watch: [main, "stable-*"]');
  await bot.receive(...mails);
  const commit = commitOne(repo);
  push();
  repo.git('reset', '--quiet', '--hard', base);
  commitOne(repo, `a: say 2\n\n${SIGNED}\n(cherry picked from commit ${commit})`);
  push('stable-1.0');
  push('private');
  assert.deepEqual(brief(await found()).toSorted(), ['1 main content', '1 stable-1.0 content']);
});

test('upstream that was rewritten is read again', async (t) => {
  const { repo, base, mails, bot, push, found } = await start(t);
  await bot.receive(...mails);
  repo.commit({ 'x.c': 'x\n' }, 'something');
  push();
  await found();
  repo.git('reset', '--quiet', '--hard', base);
  commitOne(repo);
  push();
  assert.deepEqual(brief(await found()), ['1 main content']);
});
