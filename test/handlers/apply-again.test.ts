import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import { reportFor } from '../../handlers/run-finished.ts';
import { watchUpstreams } from '../../handlers/tick.ts';
import { openBot, STAGES } from '../../src/bot.ts';
import { takeIn } from '../../src/intake.ts';
import { mboxSource } from '../../src/source/mbox.ts';
import { plain } from '../../src/report/paint.ts';
import { showChange } from '../../src/report/show.ts';
import { factsOf } from '../../src/store/facts.ts';
import { listSeries } from '../../src/store/series.ts';
import { mirrorOf } from '../../src/store/mirrors.ts';
import { silentLog } from '../../src/util/log.ts';
import { drain } from '../../src/worker.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}\n`).join('');

function configFor(data: string, upstream: string): Config {
  const base = loadConfig(presetPath('xen'), {}, { data });
  const [xen] = base.projects;
  assert.ok(xen?.git);
  const git = { ...xen.git, upstream, publish: [], branch: 'main', targetBranch: null };
  return { ...base, limits: { ...base.limits, actWithinDays: 36_500 }, projects: [{ ...xen, git }] };
}

test('a series that did not apply is mirrored again once the branch has moved so that it does', async (t) => {
  await using repo = await gitRepo();
  const first = repo.commit({ a: lines(9) }, 'What the author has');
  repo.commit({ a: lines(9).replace('line 5\n', 'five\n') }, 'x86: change a line');
  const mail = repo.formatPatch(`${first}..HEAD`, '--to=xen-devel@lists.xenproject.org')[0]?.toString('latin1') ?? '';
  repo.git('checkout', '-q', '--orphan', 'other');
  repo.commit({ a: 'nothing of it\n' }, 'What upstream has');
  repo.git('branch', '-f', 'main');
  const box = join(tempDir(t), 'box');
  const listed = mail.replace('\nTo: ', '\nMessage-ID: <one@example.org>\nTo: ').replace(/^Message-Id: .*\n/m, '');
  writeFileSync(box, `From x Mon Sep 17 00:00:00 2001\n${listed}\n`, 'latin1');

  await using bot = await openBot(configFor(tempDir(t), repo.path), { log: silentLog });
  await takeIn(bot, mboxSource(box), { act: true, signal: new AbortController().signal });
  await drain(bot, { mirror: STAGES.mirror });
  const [stored] = await listSeries(bot.store.db, { limit: 1 });
  assert.ok(stored, 'the mail is no series');
  const state = async () => (await mirrorOf(bot.store.db, stored.series.project, stored.series.key))?.result.state;
  assert.equal(await state(), 'conflict');
  await watchUpstreams(bot);
  assert.equal(await drain(bot, { mirror: STAGES.mirror }), 0);

  repo.git('checkout', '-q', '-f', 'main');
  repo.commit({ a: lines(9) }, 'What the author had in mind');
  await watchUpstreams(bot);
  assert.equal(await drain(bot, { mirror: STAGES.mirror }), 1);
  assert.equal(await state(), 'applied');
});

test('an applied series that the branch no longer takes says so until it does again', async (t) => {
  await using repo = await gitRepo();
  const first = repo.commit({ a: lines(9), b: 'b\n' }, 'What the author has');
  repo.commit({ a: lines(9).replace('line 5\n', 'five\n') }, 'x86: change a line');
  const mail = repo.formatPatch(`${first}..HEAD`, '--to=xen-devel@lists.xenproject.org')[0]?.toString('latin1') ?? '';
  repo.git('reset', '-q', '--hard', first);
  const box = join(tempDir(t), 'box');
  const listed = mail.replace('\nTo: ', '\nMessage-ID: <one@example.org>\nTo: ').replace(/^Message-Id: .*\n/m, '');
  writeFileSync(box, `From x Mon Sep 17 00:00:00 2001\n${listed}\n`, 'latin1');

  await using bot = await openBot(configFor(tempDir(t), repo.path), { log: silentLog });
  await takeIn(bot, mboxSource(box), { act: true, signal: new AbortController().signal });
  await drain(bot, { mirror: STAGES.mirror });
  const known = async () => {
    const [stored] = await listSeries(bot.store.db, { limit: 1 });
    assert.ok(stored, 'the mail is no series');
    const facts = await factsOf(bot.store.db, stored);
    const needs = stored.readiness.verdict?.needs.filter(({ rule }) => rule === 'applies') ?? [];
    return { stored, facts, needs, shown: showChange([facts], bot.clock.now(), plain) };
  };
  await watchUpstreams(bot);
  const before = await known();
  assert.equal(before.facts.mirror?.state, 'applied');
  assert.equal(before.facts.mirror.onTip?.state, 'applied');
  assert.deepEqual(before.needs, []);

  const tip = repo.commit({ a: lines(9).replace('line 5\n', 'fünf\n') }, 'Another change of that line');
  await watchUpstreams(bot);
  const stale = await known();
  assert.equal(stale.facts.mirror?.state, 'applied', 'what was made stays');
  assert.equal(stale.facts.mirror.tip, before.facts.mirror.tip);
  const words = `the branch has moved: patch 1 of 1 does not apply on main (${tip.slice(0, 12)}): a:2`;
  assert.deepEqual(
    stale.needs.map(({ text }) => text),
    [`does not apply: ${words}`],
  );
  assert.match(
    stale.shown,
    /mirror: stale on main [0-9a-f]{12} \(default-branch\): the branch has moved: patch 1 of 1/,
  );
  assert.equal(await drain(bot, { mirror: STAGES.mirror }), 0);
  assert.equal((await reportFor(bot, stale.stored))?.outcome, undefined, 'a list is not told unless it asks');
  const projects = bot.config.projects.map((one) => ({ ...one, report: { ...one.report, stale: true } }));
  const asking = { ...bot, config: { ...bot.config, projects } };
  assert.equal((await reportFor(asking, stale.stored))?.outcome, 'stale:1');
  assert.equal(await drain(bot, { report: STAGES.report }), 1);

  repo.commit({ a: lines(9) }, 'Take it back');
  await watchUpstreams(bot);
  const again = await known();
  assert.deepEqual(again.needs, []);
  assert.match(again.shown, /mirror: applied on main/);
});
