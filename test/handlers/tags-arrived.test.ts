import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../config/loader.ts';
import { openBot, STAGES } from '../../src/bot.ts';
import { takeIn } from '../../src/intake.ts';
import { mboxSource } from '../../src/source/mbox.ts';
import { listSeries } from '../../src/store/series.ts';
import { mirrorOf } from '../../src/store/mirrors.ts';
import { silentLog } from '../../src/util/log.ts';
import { drain } from '../../src/worker.ts';
import { answer, mailsOf } from '../helpers/case-bot.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test('tags that arrive on an applied series become a branch beside it and notes, and nothing is built again', async (t) => {
  await using repo = await gitRepo();
  const directory = tempDir(t);
  const base = repo.commit({ a: 'one\n' }, 'Begin');
  repo.commit({ a: 'two\n' }, 'demo: change a file');
  const mails = mailsOf(repo, `${base}..HEAD`, 'one');
  repo.git('reset', '-q', '--hard', base);
  const remote = repo.bare();
  const remoteGit = (...args: string[]) => repo.git(`--git-dir=${remote}`, ...args);

  const file = join(directory, 'patchloom.yaml');
  const git = `git: {upstream: "${repo.path}", branch: main, publish: "${remote}"}`;
  const build = 'build: {sandbox: none, jobs: [{name: one, run: "true"}]}';
  writeFileSync(
    file,
    `data: data\nbot: {email: bot@example.org}\nlimits: {act_within_days: 36500}\nprojects:\n  demo: {fallback: true, ${git}, ${build}}\n`,
  );
  await using bot = await openBot(loadConfig(file, {}), { log: silentLog });
  const receive = async (name: string, ...all: (string | Buffer)[]) => {
    const box = join(directory, name);
    const line = Buffer.from('From mboxrd@z Thu Jan  1 00:00:00 1970\n');
    writeFileSync(box, Buffer.concat(all.flatMap((mail) => [line, Buffer.from(mail), Buffer.from('\n')])));
    await takeIn(bot, mboxSource(box), { act: true, signal: new AbortController().signal });
    return drain(bot, { mirror: STAGES.mirror, tags: STAGES.tags });
  };
  const latest = async () => {
    const [stored] = await listSeries(bot.store.db, { limit: 1 });
    assert.ok(stored);
    return (await mirrorOf(bot.store.db, 'demo', stored.series.key))?.result;
  };

  assert.equal(await receive('first', ...mails), 1);
  const applied = await latest();
  assert.equal(applied?.state, 'applied');
  assert.equal(applied.acked, undefined);
  const jobs = () => bot.store.db.selectFrom('job').select('kind').where('state', '=', 'pending').execute();
  const before = await jobs();

  assert.equal(
    await receive('second', answer('one-1', 'r1', 'Bo <bo@example.org>', 'Acked-by: Bo <bo@example.org>')),
    1,
  );
  const tagged = await latest();
  assert.equal(tagged?.acked, `${applied.ref}-acked`);
  assert.equal(tagged.tip, applied.tip);
  assert.deepEqual(await jobs(), before);
  assert.equal(remoteGit('rev-parse', String(applied.ref)), applied.tip);
  assert.equal(remoteGit('log', '-1', '--format=%(trailers)', tagged.acked), 'Acked-by: Bo <bo@example.org>\n');
  for (const ref of [applied.ref, tagged.acked]) {
    const note = remoteGit('log', '-1', '--format=%N', '--notes=refs/notes/patchloom/demo', String(ref));
    assert.match(note, /^Acked-by: Bo <bo@example\.org>\n {4}given in <r1@example\.org>, 2024-01-02T10:00:00\+01:00\n/);
  }

  // A mail that says nothing of the kind is no reason to do anything.
  assert.equal(await receive('third', answer('one-1', 'r2', 'Cy <cy@example.org>', 'What does it do?')), 0);
});
