import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { expireCiBranches } from '../../handlers/expire-ci-branches.ts';
import { ciNews } from '../../handlers/ci-news.ts';
import { noteJob } from '../../handlers/commit-noted.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { STAGES } from '../../src/bot.ts';
import { buildRunOf } from '../../src/store/build-runs.ts';
import { checksOf } from '../../src/store/checks.ts';
import { enqueue } from '../../src/store/jobs.ts';
import { outgoingOf } from '../../src/store/outbox.ts';
import { drain } from '../../src/worker.ts';
import { newest } from '../helpers/build-bot.ts';
import { lines, remoteCase } from '../helpers/remote-case.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { type FakeGithub, type FakeJob, fakeGithub } from './fake-github.ts';

const DAY = 86_400_000;
const ERROR =
  "2026-01-01T10:01:00.1234567Z a.c:3:1: error: 'x' undeclared\n2026-01-01T10:01:01.1Z ##[error]Process completed with exit code 2.\n";

async function githubCase(t: TestContext, more = '', workflow = 'null') {
  const fake = await fakeGithub(t);
  const folder = tempDir(t);
  writeFileSync(join(folder, 'key.pem'), fake.privateKey);
  writeFileSync(join(folder, 'secret'), 'shh');
  const top = `github: {api: "${fake.api}", app_id: 12, private_key: {file: ${folder}/key.pem}, webhook_secret: {file: ${folder}/secret}}\n`;
  const its = await remoteCase(
    t,
    (push) => `{github: {repository: ann/ci, push: ${push}, workflow: ${workflow}}}`,
    top,
    more,
  );
  return { ...its, fake };
}

/** GitHub's part: a run for what was pushed, whose jobs then end, one each time. `ends` says how a job of a commit ends. */
function github(
  fake: FakeGithub,
  pushed: () => readonly string[],
  ends: (commit: string, name: string) => Partial<FakeJob>,
) {
  return () => {
    for (const commit of pushed()) {
      const run = fake.runs.find((one) => one.head_sha === commit);
      if (run === undefined) {
        const id = (fake.runs.length + 1) * 10;
        const jobs = ['build', 'test'].map(
          (name, at): FakeJob => ({
            id: id + at,
            name,
            run_attempt: 1,
            status: 'queued',
            conclusion: null,
            log: '',
            step: 'success',
          }),
        );
        fake.runs.push({ id, head_sha: commit, jobs });
        continue;
      }
      const waiting = run.jobs.findIndex((job) => job.status !== 'completed');
      run.jobs = run.jobs.map((job, at) =>
        at === waiting ? { ...job, status: 'completed', conclusion: 'success', ...ends(commit, job.name) } : job,
      );
    }
  };
}

const FAILS = { conclusion: 'failure', step: 'failure', log: ERROR };

async function tipOf({ bot }: { bot: Parameters<typeof newest>[0] }) {
  const { series } = await newest(bot);
  const checks = await checksOf(bot.store.db, 'hello', series.key);
  return checks[0]?.commit ?? '';
}

test('a series that passes: one push, a check for each job, with links', async (t) => {
  const its = await githubCase(t);
  const result = await its.follow(github(its.fake, its.pushed, () => ({})));
  assert.deepEqual(result, ['2 build success', '2 test success']);
  assert.equal(its.pushed().length, 1, 'the base is not built where nothing fails');
  const [check] = await checksOf(its.bot.store.db, 'hello', (await newest(its.bot)).series.key);
  assert.equal(check?.url, 'https://github.example/ann/ci/runs/10');
  assert.deepEqual(check?.artifacts, ['https://github.example/ann/ci/actions/runs/10/artifacts/5']);
  assert.equal(await tipOf(its), its.pushed()[0]);
});

test('a failure is judged against the base, with file and line of its log, and said on the list', async (t) => {
  const its = await githubCase(t);
  let tip = '';
  const step = github(its.fake, its.pushed, (commit, name) =>
    (tip ||= commit) === commit && name === 'build' ? FAILS : {},
  );
  const result = await its.follow(step);
  assert.deepEqual(result, ["2 build fail regression a.c:3: 'x' undeclared", '2 test success']);
  assert.equal(its.pushed().length, 2, 'the series, then the base');
  const [mail] = await outgoingOf(its.bot.store.db, 'hello', (await newest(its.bot)).series.key);
  assert.equal(mail?.outcome, 'build-failed:2');
  assert.match(mail.message.text, /a\.c:3:1: error: 'x' undeclared/);
});

test('what fails on the base too blames nobody', async (t) => {
  const its = await githubCase(t);
  const result = await its.follow(github(its.fake, its.pushed, (_, name) => (name === 'test' ? FAILS : {})));
  assert.deepEqual(result, ['2 build success', "2 test warning already-broken a.c:3: 'x' undeclared"]);
  assert.deepEqual(await outgoingOf(its.bot.store.db, 'hello', (await newest(its.bot)).series.key), []);
});

test('a job that its machine has lost is run again and is no failure; one that fails once is flaky where retries are wanted', async (t) => {
  const lost = await githubCase(t);
  const ends = (_: string, name: string) => (name === 'test' ? { conclusion: 'failure', step: 'cancelled' } : {});
  assert.deepEqual(await lost.follow(github(lost.fake, lost.pushed, ends)), ['2 build success', '2 test success']);
  const shaky = await githubCase(t, '      jobs: [{name: test, retries: 1}, {name: build}]\n');
  const result = await shaky.follow(github(shaky.fake, shaky.pushed, (_, name) => (name === 'test' ? FAILS : {})));
  assert.deepEqual(result, ['2 build success', "2 test warning flaky a.c:3: 'x' undeclared"]);
});

test('a workflow is dispatched once on the pushed branch', async (t) => {
  const its = await githubCase(t, '', 'ci.yml');
  await drain(its.bot, STAGES);
  its.clock.time += 3_600_000;
  await its.follow(github(its.fake, its.pushed, () => ({})));
  const dispatches = its.fake.asked.filter(({ path }) => path.endsWith('/dispatches'));
  assert.deepEqual(
    dispatches.map(({ body }) => JSON.parse(body) as unknown),
    [{ ref: `patchloom-ci/${its.pushed()[0]}` }],
  );
});

test('what was asked for is not asked for again by a bot that starts afresh, until it must be taken for lost', async (t) => {
  const its = await githubCase(t, '', 'ci.yml');
  const dispatches = () => its.fake.asked.filter(({ path }) => path.endsWith('/dispatches')).length;
  await drain(its.bot, STAGES);
  assert.equal(dispatches(), 1);
  its.clock.time += 3_600_000;
  const next = await its.its.open(its.clock);
  await drain(next, STAGES);
  assert.equal(dispatches(), 1);
  its.clock.time += 86_400_000;
  await drain(next, STAGES);
  assert.equal(dispatches(), 2);
});

test('a series that mends what an earlier run found broken on the base is told to have done so', async (t) => {
  const its = await githubCase(t);
  const id = 500;
  const job = { run_attempt: 1, status: 'completed', conclusion: 'success', log: '', step: 'success' } as const;
  const jobs = [
    { ...job, id, name: 'build', ...FAILS },
    { ...job, id: id + 1, name: 'test' },
  ];
  its.fake.runs.push({ id, head_sha: its.its.repo.git('rev-parse', 'main'), jobs });
  const result = await its.follow(github(its.fake, its.pushed, () => ({})));
  assert.deepEqual(result, ['2 build success fixed', '2 test success']);
  assert.equal(its.pushed().length, 1, 'and no run of the base was asked for');
});

test('pushed branches go after some time, but not from under a run, nor where others have moved them', async (t) => {
  const its = await githubCase(t);
  const step = github(its.fake, its.pushed, (_, name) => (name === 'build' ? FAILS : {}));
  await drain(its.bot, STAGES);
  its.clock.time += 20 * DAY;
  assert.equal(await expireCiBranches(its.bot, 'hello'), 0, 'the run goes on');
  await its.follow(step);
  assert.equal(await expireCiBranches(its.bot, 'hello'), 0, 'they are not old');
  const [moved = '', other = ''] = its.pushed();
  its.clock.time += 15 * DAY;
  its.moveBranch(moved);
  assert.equal(await expireCiBranches(its.bot, 'hello'), 2);
  assert.equal(its.pushed().length, 1, 'what is no longer ours stays');
  assert.ok(![moved, other].includes(its.pushed()[0] ?? ''));
  assert.equal(await expireCiBranches(its.bot, 'hello'), 0);
});

test('500s, rate limits, expired tokens, and news that are lost, late, twice or forged: the end is that of a calm run', async (t) => {
  const ends = (_: string, name: string) => (name === 'build' ? FAILS : {});
  const calm = await githubCase(t);
  const expected = await calm.follow(github(calm.fake, calm.pushed, ends));
  const wild = await githubCase(t);
  const step = github(wild.fake, wild.pushed, ends);
  let round = 0;
  const limit = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${Math.floor(Date.now() / 1000) + 60}` };
  const faults = [
    { status: 500 },
    { status: 403, body: { message: 'API rate limit exceeded' }, headers: limit },
    { status: 403, body: { message: 'You have exceeded a secondary rate limit' } },
    { status: 429, headers: { 'retry-after': '30' } },
    { status: 502, body: '<html>' },
    { status: 200, body: '{"total_count":' },
  ];
  const result = await wild.follow(() => {
    step();
    round++;
    const fault = faults[round % faults.length];
    if (fault !== undefined && round < 12) wild.fake.faults.push(fault);
    if (round % 3 === 0) wild.fake.expireTokens();
  });
  for (const commit of [...wild.pushed(), 'f'.repeat(40), "' or 1=1"])
    for (const repository of ['ann/ci', 'ANN/ci', 'eve/ci'])
      await ciNews(wild.bot, { kind: 'github', repository, commit });
  await drain(wild.bot, STAGES);
  assert.deepEqual(await lines(wild.bot), expected);
  assert.deepEqual(result, expected);
});

test('news make the bot look at once, and only at the run they are about', async (t) => {
  const its = await githubCase(t);
  await drain(its.bot, STAGES);
  const before = its.fake.asked.length;
  await ciNews(its.bot, { kind: 'github', repository: 'ann/ci', commit: 'e'.repeat(40) });
  await drain(its.bot, STAGES);
  assert.equal(its.fake.asked.length, before);
  const [commit = ''] = its.pushed();
  for (let times = 0; times < 5; times++) await ciNews(its.bot, { kind: 'github', repository: 'ann/ci', commit });
  await drain(its.bot, STAGES);
  assert.equal(its.fake.asked.slice(before).filter(({ path }) => path.endsWith('/runs')).length, 1);
});

test('while GitHub asks to wait it is not asked again', async (t) => {
  const its = await githubCase(t);
  its.fake.faults.push({ status: 403, body: { message: 'secondary rate limit' }, headers: { 'retry-after': '900' } });
  await drain(its.bot, STAGES);
  const before = its.fake.asked.length;
  its.clock.time += 600_000;
  await drain(its.bot, STAGES);
  assert.equal(its.fake.asked.length, before);
  its.clock.time += 600_000;
  await drain(its.bot, STAGES);
  assert.ok(its.fake.asked.length > before);
});

test('a version that is replaced has its run cancelled', async (t) => {
  const its = await githubCase(t);
  await drain(its.bot, STAGES);
  const old = (await newest(its.bot)).series.key;
  const step = github(its.fake, its.pushed, () => ({}));
  step();
  const next = its.its.series('hello', [{ 'a.c': '5\n' }, { 'a.c': '6\n' }], '-v2');
  await messagesArrived(
    its.bot,
    next.map((raw) => ({ raw, label: 't' })),
    { act: true },
  );
  its.clock.time += 3_600_000;
  await its.follow(step);
  assert.equal((await buildRunOf(its.bot.store.db, 'hello', old))?.state, 'cancelled');
  assert.ok(its.fake.asked.some(({ path }) => path.endsWith('/runs/10/cancel')));
});

test('how the series stands is written on its last commit, once, however often', async (t) => {
  const its = await githubCase(t);
  let tip = '';
  await its.follow(
    github(its.fake, its.pushed, (commit, name) => ((tip ||= commit) === commit && name === 'build' ? FAILS : {})),
  );
  its.clock.time += 60_000;
  await drain(its.bot, STAGES);
  const { series } = await newest(its.bot);
  await its.bot.store.transaction((tx) => enqueue(tx, noteJob({ project: 'hello', key: series.key }), its.clock.time));
  await drain(its.bot, STAGES);
  const [note, ...others] = its.fake.checkRuns as Record<string, unknown>[];
  assert.deepEqual(others, []);
  assert.deepEqual([note?.['name'], note?.['head_sha'], note?.['conclusion']], ['patchloom', tip, 'failure']);
  assert.ok(note);
  const { title, summary } = note['output'] as { title: string; summary: string };
  assert.equal(title, 'a build-test fails; check-in: waiting');
  assert.match(summary, /patch 1: no Acked-by/);
  assert.match(summary, /^build-failed:2 \(shadow\)$/m);
});
