import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ciNews } from '../../handlers/ci-news.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { STAGES } from '../../src/bot.ts';
import { gitlabClient } from '../../src/gitlab/client.ts';
import { gitlabPipelineAt } from '../../src/gitlab/own-pipeline.ts';
import { variablesFor } from '../../src/gitlab/variables.ts';
import { buildRunOf } from '../../src/store/build-runs.ts';
import { checksOf } from '../../src/store/checks.ts';
import { drain } from '../../src/worker.ts';
import { newest } from '../helpers/build-bot.ts';
import { lines, remoteCase } from '../helpers/remote-case.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { type FakeGitlab, type FakeJob, fakeGitlab } from './fake-gitlab.ts';

const LOG = "$ make\n/builds/ann/sub/ci/a.c:3:1: error: 'x' undeclared\nERROR: Job failed: exit code 1\n";
const FAILS = { status: 'failed', failure_reason: 'script_failure', log: LOG };
const VARIABLES = 'variables: {SELECTED_JOBS_ONLY: "{jobs}", BASE_SHA: "{base}", TIP_SHA: "{tip}"}';

async function gitlabCase(t: TestContext, more = '', each = false) {
  const fake = await fakeGitlab(t);
  const folder = tempDir(t);
  writeFileSync(join(folder, 'token'), fake.token);
  writeFileSync(join(folder, 'secret'), 'shh');
  const top = `gitlab: {url: "${fake.url}", token: {file: ${folder}/token}, webhook_secret: {file: ${folder}/secret}}\n`;
  const its = await remoteCase(
    t,
    (push) => `{gitlab: {project: ann/sub/ci, push: ${push}, each: ${each}, ${VARIABLES}}}`,
    top,
    more,
  );
  return { ...its, fake };
}

/** GitLab's part: a pipeline for what was pushed, whose jobs then end, one each time. */
function gitlab(
  fake: FakeGitlab,
  pushed: () => readonly string[],
  ends: (commit: string, name: string) => Partial<FakeJob>,
) {
  return () => {
    for (const sha of pushed()) {
      const pipeline = fake.pipelines.find((one) => one.sha === sha);
      if (pipeline === undefined) {
        const id = (fake.pipelines.length + 1) * 10;
        const jobs = ['build', 'test'].map(
          (name, at): FakeJob => ({ id: id + at + 1, name, status: 'created', log: '' }),
        );
        fake.pipelines.push({ id, sha, jobs: [...jobs, { id: id + 3, name: 'deploy', status: 'manual', log: '' }] });
        continue;
      }
      const waiting = pipeline.jobs.findIndex((job) => job.status === 'created');
      pipeline.jobs = pipeline.jobs.map((job, at) =>
        at === waiting ? { ...job, status: 'success', ...ends(sha, job.name) } : job,
      );
    }
  };
}

test('a pipeline that passes: a check for each job that ran, with its page and artifacts', async (t) => {
  const its = await gitlabCase(t);
  assert.deepEqual(await its.follow(gitlab(its.fake, its.pushed, () => ({}))), ['2 build success', '2 test success']);
  const [check] = await checksOf(its.bot.store.db, 'hello', (await newest(its.bot)).series.key);
  assert.equal(check?.url, 'https://gitlab.example/ann/sub/ci/-/jobs/11');
  assert.deepEqual(check?.artifacts, ['https://gitlab.example/ann/sub/ci/-/jobs/11/artifacts/browse']);
  assert.equal(check?.seconds, 12.5);
});

test('the push carries the variables of the plan, and no line end can get in', async (t) => {
  const its = await gitlabCase(t, '      jobs: [{name: alpine-3.18-gcc}, {name: tools, paths: ["tools/**"]}]\n');
  await drain(its.bot, STAGES);
  const [tip = ''] = its.pushed();
  assert.deepEqual(its.options().toSorted(), [
    `ci.variable=BASE_SHA=${its.its.repo.git('rev-parse', 'main')}`,
    'ci.variable=SELECTED_JOBS_ONLY=/^(alpine-3\\.18-gcc)$/',
    `ci.variable=TIP_SHA=${tip}`,
  ]);
  assert.deepEqual(variablesFor({ ALL: '{jobs}' }, { commit: '', jobs: [], base: '', tip: '' }), { ALL: '/.*/' });
});

test('failures are judged against the base; where patches are wanted the first that breaks is found', async (t) => {
  const its = await gitlabCase(t, '', true);
  const step = gitlab(its.fake, its.pushed, (sha, name) => (name === 'build' && its.isPatch(sha) ? FAILS : {}));
  assert.deepEqual(await its.follow(step), [
    "1 build fail regression a.c:3: 'x' undeclared",
    '1 test success',
    "2 build fail regression a.c:3: 'x' undeclared",
    '2 test success',
  ]);
});

test('what may fail is a warning, what its runner has lost is run again, what was broken before blames nobody', async (t) => {
  const its = await gitlabCase(t);
  const ends = (_: string, name: string) =>
    name === 'test' ? { ...FAILS, allow_failure: true } : { ...FAILS, failure_reason: 'runner_system_failure' };
  assert.deepEqual(await its.follow(gitlab(its.fake, its.pushed, ends)), [
    '2 build success',
    "2 test warning a.c:3: 'x' undeclared",
  ]);
  const old = await gitlabCase(t);
  assert.deepEqual(await old.follow(gitlab(old.fake, old.pushed, (_, name) => (name === 'test' ? FAILS : {}))), [
    '2 build success',
    "2 test warning already-broken a.c:3: 'x' undeclared",
  ]);
});

test('a job that its runners lose again and again is told to the operator, never to the list', async (t) => {
  const its = await gitlabCase(t);
  const lost = { status: 'failed', failure_reason: 'runner_system_failure' };
  its.fake.again = () => lost;
  const result = await its.follow(gitlab(its.fake, its.pushed, (_, name) => (name === 'test' ? lost : {})));
  assert.deepEqual(result, ['2 build success', '2 test pending']);
});

test('500s, refusals, a token that is changed, and news without end: the end is that of a calm run', async (t) => {
  const ends = (_: string, name: string) => (name === 'build' ? FAILS : {});
  const calm = await gitlabCase(t);
  const expected = await calm.follow(gitlab(calm.fake, calm.pushed, ends));
  const wild = await gitlabCase(t);
  const step = gitlab(wild.fake, wild.pushed, ends);
  let round = 0;
  const faults = [
    { status: 500 },
    { status: 403, body: { message: '403 Forbidden' } },
    { status: 503, body: 'down' },
    { body: '{"id":' },
  ];
  const result = await wild.follow(() => {
    step();
    round++;
    const fault = faults[round % faults.length];
    if (fault !== undefined && round < 10) wild.fake.faults.push(fault);
    wild.fake.token = round % 4 === 3 ? 'another' : 'glpat';
  });
  for (const commit of [...wild.pushed(), 'f'.repeat(40)])
    await ciNews(wild.bot, { kind: 'gitlab', repository: 'ann/sub/ci', commit });
  await drain(wild.bot, STAGES);
  assert.deepEqual(result, expected);
  assert.deepEqual(await lines(wild.bot), expected);
});

test('a version that is replaced has its pipeline cancelled', async (t) => {
  const its = await gitlabCase(t);
  await drain(its.bot, STAGES);
  const old = (await newest(its.bot)).series.key;
  const step = gitlab(its.fake, its.pushed, () => ({}));
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
  assert.ok(its.fake.asked.some(({ path }) => path.endsWith('/pipelines/10/cancel')));
});

test("the author's own pipeline is looked at on the configured server alone", async (t) => {
  const fake = await fakeGitlab(t);
  fake.pipelines.push({ id: 77, sha: 'a'.repeat(40), jobs: [{ id: 1, name: 'x', status: 'success', log: '' }] });
  const client = gitlabClient({ url: fake.url, token: fake.token });
  const link = { url: 'u', origin: fake.url, kind: 'gitlab', project: 'ann/sub/ci', id: 77 } as const;
  const now = Date.parse('2026-01-03T00:00:00Z');
  assert.deepEqual(await gitlabPipelineAt(client, link, now), { url: 'u', passed: true, age: 86_400 });
  assert.equal(await gitlabPipelineAt(client, { ...link, id: 78 }, now), null);
  const asked = fake.asked.length;
  assert.equal(await gitlabPipelineAt(client, { ...link, origin: 'https://evil.example' }, now), null);
  assert.equal(fake.asked.length, asked);
});
