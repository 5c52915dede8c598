import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore } from '../../src/store/open.ts';
import { markPatch } from '../../src/store/patch-marks.ts';
import { answer, caseBot, mailsOf } from '../helpers/case-bot.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { MAINTAINERS } from '../review/policy-case.ts';

const CORA = 'Cora Core <cora@example.org>';
const REX = 'Rex Release <rex@example.org>';

/** A tree with areas, and a series of two patches on it: one for core, one for tools. */
async function start() {
  const repo = await gitRepo();
  const base = repo.commit({ MAINTAINERS, 'core/a.c': '1\n', 'tools/b.c': '1\n' }, 'start');
  const upstream = repo.bare();
  repo.commit({ 'core/a.c': '2\n' }, 'core: two\n\nSigned-off-by: Ann Author <ann@example.org>');
  repo.commit({ 'tools/b.c': '2\n' }, 'tools: two\n\nSigned-off-by: Ann Author <ann@example.org>');
  return { repo, upstream, mails: mailsOf(repo, base, 's') };
}

test('the queue names what is missing and from whom, by the MAINTAINERS of the branch', async (t) => {
  const { repo, upstream, mails } = await start();
  await using _ = repo;
  const bot = caseBot(tempDir(t), upstream, '{sign_off: true}');
  await bot.receive(...mails, answer('s-1', 'r1', CORA, `Acked-by: ${CORA}`));
  const text = await bot.run('ready', '--fetch');
  assert.match(text, /^0 ready\n1 ready in part\n/);
  assert.match(text, /the first 1 of 2 patches can go in/);
  assert.match(text, /patch 2: no approval by a maintainer of tools\/b\.c \(TOOLS\); from Ted Tools/);
  const line = JSON.parse(await bot.run('ready', '--json')) as {
    readiness: unknown;
    verdict: { prefix: number; needs: { who: { email: string }[] }[] };
  };
  assert.deepEqual(line.readiness, {
    state: 'waiting',
    missing: ['patch 2: no approval by a maintainer of tools/b.c (TOOLS)'],
  });
  assert.equal(line.verdict.prefix, 1);
  assert.equal(line.verdict.needs[0]?.who[0]?.email, 'ted@example.org');
});

test('what people have set aside stands apart from the queue, and waits for nobody', async (t) => {
  const { repo, upstream, mails } = await start();
  await using _ = repo;
  const directory = tempDir(t);
  const bot = caseBot(directory, upstream);
  await bot.receive(...mails);
  await bot.run('ready', '--fetch');
  const store = await openStore({ directory: join(directory, 'data') });
  const of = { project: 'demo', msgid: '<s-2@example.org>' };
  await store.transaction((tx) => markPatch(tx, of, { state: 'changes-requested' }, 'mona', 1));
  await store.close();
  assert.match(await bot.run('ready'), /^0 not ready\n1 set aside by people\n.*\n {6}patch 2: set by mona: changes-r/m);
  assert.equal(await bot.run('waiting'), '');
  const { verdict } = JSON.parse(await bot.run('ready', '--json')) as { verdict: { aside: string[] } };
  assert.deepEqual(verdict.aside, ['changes-requested']);
});

test('what waits for a person is listed with its age, also what waits for an author', async (t) => {
  const { repo, upstream, mails } = await start();
  await using _ = repo;
  const bot = caseBot(tempDir(t), upstream);
  await bot.receive(...mails, answer('s-1', 'r1', CORA, 'Why two?'));
  await bot.run('ready', '--fetch');
  assert.match(await bot.run('waiting', '--on', 'ted'), /^Ted Tools: 1\n.*core: two: patch 2: no approval/);
  assert.match(await bot.run('waiting', '--on', 'ann@'), /comments by Cora Core unanswered since 2024-01-02/);
  assert.equal(await bot.run('waiting', '--on', 'nobody'), '');
  const rows = (await bot.run('waiting', '--json')).trim().split('\n');
  assert.equal(rows.length, 3);
});

test('series --json shows the verdict as of the branch that was last seen', async (t) => {
  const { repo, upstream, mails } = await start();
  await using _ = repo;
  const bot = caseBot(tempDir(t), upstream);
  await bot.receive(...mails);
  const missing = async () =>
    (JSON.parse(await bot.run('series', '--json')) as { readiness: { missing: string[] } }).readiness.missing;
  assert.deepEqual(await missing(), [
    'patch 1: no Acked-by or Reviewed-by by somebody other than the author',
    'patch 2: no Acked-by or Reviewed-by by somebody other than the author',
  ]);
  await bot.run('ready', '--fetch');
  assert.deepEqual(await missing(), [
    'patch 1: no approval by a maintainer of core/a.c (CORE)',
    'patch 2: no approval by a maintainer of tools/b.c (TOOLS)',
  ]);
  await bot.run('rebuild', '--quiet');
  assert.equal((await missing()).length, 2, 'what was read of upstream outlives a rebuild');
});

test('a series that damages MAINTAINERS, or makes its author a maintainer, is judged by the file of the branch', async (t) => {
  await using repo = await gitRepo();
  const base = repo.commit({ MAINTAINERS, 'core/a.c': '1\n' }, 'start');
  const upstream = repo.bare();
  const own = MAINTAINERS.replaceAll('Cora Core <cora@example.org>', 'Ann Author <ann@example.org>');
  repo.commit({ MAINTAINERS: own }, 'MAINTAINERS: take core over\n\nSigned-off-by: Ann Author <ann@example.org>');
  repo.commit({ MAINTAINERS: 'K: (((\n' }, 'MAINTAINERS: begin again\n\nSigned-off-by: Ann Author <ann@example.org>');
  repo.commit({ 'core/a.c': '2\n' }, 'core: two\n\nSigned-off-by: Ann Author <ann@example.org>');
  const bot = caseBot(tempDir(t), upstream);
  await bot.receive(...mailsOf(repo, base, 's'), answer('s-3', 'r1', REX, `Reviewed-by: ${REX}`));
  const { readiness } = JSON.parse(await bot.run('ready', '--fetch', '--json')) as { readiness: { missing: string[] } };
  assert.deepEqual(readiness.missing, [
    'patch 1: no approval by a maintainer of MAINTAINERS (THE REST)',
    'patch 2: no approval by a maintainer of MAINTAINERS (THE REST)',
    'patch 3: no approval by a maintainer of core/a.c (CORE)',
  ]);
});

test('the tree is frozen by command, offered by the Release Manager’s mail, and given back', async (t) => {
  const { repo, upstream, mails } = await start();
  await using _ = repo;
  const bot = caseBot(tempDir(t), upstream, '{release_managers: [rex@example.org]}');
  const subject = 'Commit moratorium for 4.19-rc1';
  await bot.receive(...mails, answer('x', 'm1', REX, 'Do not push.', subject));
  const offered = await bot.run('tree');
  assert.match(offered, /^demo: open \(config\)\n.*mail says moratorium: Commit moratorium for 4\.19-rc1 <m1@/);
  assert.match(await bot.run('tree', 'moratorium'), /^demo: moratorium since .*\n1 open series judged differently\n$/);
  assert.match(await bot.run('ready'), /commit moratorium: nothing may go in/);
  await bot.run('tree', 'frozen');
  assert.match(await bot.run('ready'), /patch 1: no Release-acked-by while the tree is frozen; from rex@example\.org/);
  await bot.run('tree', 'config');
  assert.doesNotMatch(await bot.run('ready'), /frozen/);
});

test('the queue is shown as the digest that would be sent, and where none is set up it is said how', async (t) => {
  const { repo, upstream, mails } = await start();
  await using _ = repo;
  const bot = caseBot(tempDir(t), upstream, '{}\n    digest: {to: [carl@example.org], within: 9999d}');
  await bot.receive(...mails);
  const mail = await bot.run('ready', '--digest');
  assert.match(mail, /^Subject: demo: \d ready, \d waiting \(\d{4}-\d\d-\d\d\)\r?$/m);
  assert.match(mail, /^What has waited longest, and for whom:\r?$/m);
  const plain = caseBot(tempDir(t), upstream);
  await plain.receive(...mails);
  await assert.rejects(plain.run('ready', '--digest'), /no digest is set up; give projects\.NAME\.digest/);
});

test('patchloom maintainers answers for a patch, for files, and says who can approve', async (t) => {
  const { repo, upstream } = await start();
  await using _ = repo;
  const bot = caseBot(tempDir(t), upstream);
  assert.equal(
    await bot.run('maintainers', 'core/mm/x.c'),
    await bot.run('maintainers', 'core/mm/x.c', '--tree', repo.path),
  );
  assert.equal(
    await bot.run('maintainers', 'core/mm/x.c', '--roles'),
    [
      'Petra Page <petra@example.org> (maintainer: CORE PAGING)',
      'Rita Read <rita@example.org> (reviewer: CORE PAGING)',
      'Cora Core <cora@example.org> (maintainer: CORE)',
      'Carl Core <carl@example.org> (maintainer: CORE)',
      '',
    ].join('\n'),
  );
  assert.match(
    await bot.run('maintainers', 'tools/b.c', '--approve'),
    /^tools\/b\.c\n {2}TOOLS: Ted Tools.*\n {2}THE REST: Tara/,
  );
});
