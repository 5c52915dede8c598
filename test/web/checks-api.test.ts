import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { checkPosted } from '../../handlers/check-posted.ts';
import { STAGES } from '../../src/bot.ts';
import { ROOT } from '../../src/root.ts';
import { checksOf } from '../../src/store/checks.ts';
import { mirrorOf } from '../../src/store/mirrors.ts';
import { outgoingOf } from '../../src/store/outbox.ts';
import type { PatchCheck } from '../../src/web/apis.ts';
import { mayWrite, type Token } from '../../src/web/tokens.ts';
import { listen } from '../../src/web/listen.ts';
import { drain } from '../../src/worker.ts';
import { buildCase, newest, play } from '../helpers/build-bot.ts';
import { tokenFor } from '../helpers/token.ts';
import { NO_APIS, testWeb } from '../helpers/web.ts';

const COMMIT = 'a'.repeat(40);
const TOKEN: Token = { ...tokenFor('tok'), may: ['checks'] };
const GOOD = { context: 'arm-board', state: 'success', commit: COMMIT };

async function api(t: TestContext) {
  const kept: object[] = [];
  const keepCheck = async ({ token, project, ...posted }: PatchCheck) => {
    assert.deepEqual([token.name, project], [TOKEN.name, null]);
    kept.push(posted);
    return posted.context === 'nobody' ? 'no series has this commit or message' : null;
  };
  const tokens = [TOKEN, { ...tokenFor('other'), may: ['states' as const] }];
  const { app } = await testWeb(t, { apis: { ...NO_APIS, tokens, keepCheck } });
  const post = async (body: unknown, token = 'Bearer tok', type = 'application/json') => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await app.request('/api/checks', {
      method: 'POST',
      body: text,
      headers: { Authorization: token, 'Content-Type': type, 'Content-Length': `${text.length}` },
    });
    return response.status;
  };
  return { app, kept, post };
}

test('a result is taken as JSON or as a form, from who has the token', async (t) => {
  const { kept, post } = await api(t);
  assert.equal(await post(GOOD), 201);
  const form = new URLSearchParams({
    ...GOOD,
    message: 'p1@x',
    commit: '',
    url: 'https://ci.example/7',
    seconds: '12',
    log: 'a\nb',
  });
  assert.equal(await post(form.toString(), 'token tok', 'application/x-www-form-urlencoded'), 201);
  const rest = { context: 'arm-board', state: 'success', summary: '' };
  assert.deepEqual(kept, [
    { ...rest, commit: COMMIT, msgid: null, url: null, log: '', seconds: 0 },
    { ...rest, commit: null, msgid: '<p1@x>', url: 'https://ci.example/7', log: 'a\nb', seconds: 12 },
  ]);
  assert.equal(await post({ ...GOOD, context: 'nobody' }), 409);
});

test('a wrong token, a wrong field, or too much is refused, and nothing is kept', async (t) => {
  const { kept, post, app } = await api(t);
  for (const token of ['', 'tok', 'Bearer ', 'Bearer wrong', 'Bearer tok2']) assert.equal(await post(GOOD, token), 401);
  assert.equal(await post(GOOD, 'Bearer other'), 403, 'a token for other things');
  const wrong = [
    { ...GOOD, context: 'a b' },
    { ...GOOD, context: '../x' },
    { ...GOOD, state: 'great' },
    { ...GOOD, commit: 'abc' },
    { ...GOOD, message: '<a@x>' },
    { ...GOOD, url: 'javascript:alert(1)' },
    { context: 'x', state: 'success' },
    'no json',
    '[1]',
    'null',
  ];
  for (const body of wrong) assert.equal(await post(body), 400, JSON.stringify(body));
  assert.equal(await post({ ...GOOD, log: 'x'.repeat(600_000) }), 413);
  assert.deepEqual(kept, []);
  assert.equal((await app.request('/series', { method: 'POST' })).status, 405, 'nothing else takes a POST');
  const { app: closed } = await testWeb(t);
  assert.equal(
    (await closed.request('/api/checks', { method: 'POST' })).status,
    401,
    'without a token in the configuration nobody may',
  );
});

test('a script runs a command, posts how it ended, and what failed is said on the list with its line', async (t) => {
  const its = await buildCase(t, { 'a.c': '0\n' }, '      gate: on-request\n');
  const bot = await its.open();
  await play(bot, its.series('hello', [{ 'a.c': '1\n' }, { 'a.c': '2\n' }]));
  const { series } = await newest(bot);
  const commit = (await mirrorOf(bot.store.db, 'hello', series.key))?.result.commits[0] ?? '';
  const { app } = await testWeb(t, {
    apis: { ...NO_APIS, tokens: [TOKEN], keepCheck: (posted) => checkPosted(bot, posted) },
  });
  const web = await listen(app, { host: '127.0.0.1', port: 0 });
  t.after(() => web.close());
  const run = (context: string, what: string, script: string, token = 'tok') =>
    new Promise<number>((resolve) => {
      const child = execFile(join(ROOT, 'docs/patchloom-check.sh'), [web.url, context, what, 'sh', '-c', script], {
        env: { PATH: process.env['PATH'], PATCHLOOM_TOKEN: token },
      });
      child.once('exit', (code) => resolve(code ?? -1));
    });
  assert.equal(await run('board', commit, 'echo "a.c:1:2: error: no"; exit 2'), 2);
  assert.equal(await run('style', series.msgid, 'exit 250'), 250);
  assert.equal(await run('broken', commit, 'exit 75'), 75, "the machine's fault is no result");
  assert.equal(await run('unknown', 'f'.repeat(40), 'true'), 75);
  assert.equal(await run('board', commit, 'true', 'wrong'), 75);
  await drain(bot, STAGES);
  const checks = await checksOf(bot.store.db, 'hello', series.key);
  assert.deepEqual(
    checks.map((one) => [one.context, one.state, one.patch === series.patches[0]?.msgid, one.findings?.[0]?.file]),
    [
      ['board', 'fail', true, 'a.c'],
      ['style', 'warning', true, undefined],
    ],
  );
  const [mail] = await outgoingOf(bot.store.db, 'hello', series.key);
  assert.equal(mail?.outcome, 'build-failed:1');
  assert.match(mail.message.text, /a\.c:1:2: error: no/);
});

test('a token of one project can do nothing in another', async (t) => {
  const its = await buildCase(t, { 'a.c': '0\n' }, '      gate: on-request\n');
  const bot = await its.open();
  await play(bot, its.series('hello', [{ 'a.c': '1\n' }]));
  const { series } = await newest(bot);
  const commit = (await mirrorOf(bot.store.db, 'hello', series.key))?.result.commits[0] ?? '';
  const [stolen, own] = [tokenFor('elsewhere'), tokenFor('hello')].map((one) => ({ ...one, projects: [one.name] }));
  assert.ok(stolen && own);
  const { app } = await testWeb(t, {
    apis: { ...NO_APIS, tokens: [stolen, own], keepCheck: (posted) => checkPosted(bot, posted) },
  });
  const post = async (token: string) => {
    const body = JSON.stringify({ ...GOOD, commit });
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    return (await app.request('/api/checks', { method: 'POST', body, headers })).status;
  };
  assert.equal(await post('elsewhere'), 409);
  assert.deepEqual(await checksOf(bot.store.db, 'hello', series.key), []);
  for (const right of stolen.may)
    assert.deepEqual([mayWrite(stolen, right, 'hello'), mayWrite(own, right, 'hello')], [false, true]);
  assert.equal(await post('hello'), 201);
});
