import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { Hono } from 'hono';
import { listenTo } from '../../handlers/github/listeners.ts';
import { GITHUB_WEBHOOK, githubWebhook } from '../../src/github/webhook.ts';
import { silentLog } from '../../src/util/log.ts';
import { listen } from '../../src/web/listen.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const ACCOUNT = { api: 'http://127.0.0.1:9', appId: 12, privateKey, webhookSecret: 'a secret of ours' };
const SHA = 'a'.repeat(40);
const REPOSITORY = { full_name: 'ann/ci', name: 'ci', owner: { login: 'ann' } };

async function hook(t: TestContext) {
  const heard: string[] = [];
  const handler = await githubWebhook(
    ACCOUNT,
    listenTo(async (repository, commit) => void heard.push(`${repository} ${commit}`)),
    silentLog,
  );
  const app = new Hono().get('/', (c) => c.text('page'));
  const web = await listen(app, { host: '127.0.0.1', port: 0 }, new Map([[GITHUB_WEBHOOK, handler]]));
  t.after(() => web.close());
  const post = (event: string, payload: unknown, changes: Record<string, string> = {}) => {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const headers = {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': `${Math.random()}`,
      'x-hub-signature-256': `sha256=${createHmac('sha256', ACCOUNT.webhookSecret).update(body).digest('hex')}`,
      ...changes,
    };
    return fetch(`${web.url}${GITHUB_WEBHOOK}`, { method: 'POST', body, headers }).then((answer) => answer.status);
  };
  return { heard, post, url: web.url };
}

test('each signed event is heard with its repository and commit, again where it is sent again; pages stay where they are', async (t) => {
  const { heard, post, url } = await hook(t);
  const events: [string, object][] = [
    ['push', { after: SHA }],
    ['check_run', { action: 'completed', check_run: { head_sha: SHA } }],
    ['check_suite', { action: 'completed', check_suite: { head_sha: SHA } }],
    ['workflow_run', { action: 'completed', workflow_run: { head_sha: SHA } }],
    ['workflow_job', { action: 'completed', workflow_job: { head_sha: SHA } }],
    ['status', { sha: SHA }],
  ];
  for (const [event, payload] of events)
    assert.equal(await post(event, { ...payload, repository: REPOSITORY }), 200, event);
  assert.deepEqual(
    heard,
    Array.from({ length: 6 }, () => `ann/ci ${SHA}`),
  );
  assert.equal(await post('status', { sha: SHA, repository: REPOSITORY }), 200);
  assert.equal(heard.length, 7);
  assert.equal(await post('ping', { zen: 'x', hook_id: 1 }), 200);
  assert.equal(
    await post('installation', { action: 'created', installation: { id: 1, account: { login: 'ann' } } }),
    200,
  );
  assert.equal(await post('star', { repository: REPOSITORY }), 200, 'others are nothing to us');
  assert.equal(heard.length, 7);
  assert.equal(await (await fetch(url)).text(), 'page');
});

test('what is unsigned, wrongly signed or no JSON is refused, and nothing is heard', async (t) => {
  const { heard, post, url } = await hook(t);
  const payload = { sha: SHA, repository: REPOSITORY };
  const signed = (secret: string) =>
    `sha256=${createHmac('sha256', secret).update(JSON.stringify(payload)).digest('hex')}`;
  assert.equal(await post('status', payload, { 'x-hub-signature-256': '' }), 401);
  assert.equal(await post('status', payload, { 'x-hub-signature-256': 'sha256=abc' }), 401);
  for (const secret of ['development', 'a secret', '']) {
    assert.equal(await post('status', payload, { 'x-hub-signature-256': signed(secret) }), 400, secret);
  }
  assert.equal(await post('status', 'no json'), 400);
  assert.equal((await fetch(`${url}${GITHUB_WEBHOOK}`)).status, 405);
  assert.deepEqual(heard, []);
});

test('a signed event that lacks its parts, or has others in their place, is nothing to us', async (t) => {
  const { heard, post } = await hook(t);
  const events = ['push', 'check_run', 'check_suite', 'workflow_run', 'workflow_job', 'status', 'installation', 'ping'];
  const odd: readonly object[] = [
    {},
    { repository: null, after: null, sha: 1, check_run: [], check_suite: 'x', workflow_run: 1, workflow_job: null },
    { repository: { full_name: ['ann/ci'] }, after: SHA, sha: SHA, check_run: { head_sha: SHA } },
    { repository: REPOSITORY, after: `${SHA}\n`, sha: '--all', check_run: { head_sha: '' }, action: [] },
  ];
  for (const event of events)
    for (const payload of odd) assert.equal(await post(event, payload), 200, `${event} ${JSON.stringify(payload)}`);
  for (const body of ['[]', 'null', '"push"', '1', '']) assert.equal(await post('push', body), 400, body);
  assert.deepEqual(heard, []);
});

test('a body of 150 MB is refused before it is read, announced or not, and memory does not grow', async (t) => {
  const { heard, url } = await hook(t);
  const before = process.memoryUsage.rss();
  const signature = {
    'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
    'x-github-event': 'push',
    'x-github-delivery': '1',
  };
  for (const headers of [{ 'content-length': `${150 * 2 ** 20}` }, { 'transfer-encoding': 'chunked' }]) {
    const { status, sent } = await pour(`${url}${GITHUB_WEBHOOK}`, { ...signature, ...headers }, 150);
    assert.ok(status === 413 || status === null, `${status}`);
    assert.ok(sent < 40, `${sent} MB were taken in`);
  }
  assert.ok(process.memoryUsage.rss() - before < 120 * 2 ** 20);
  assert.deepEqual(heard, []);
});

test('without a secret, or with an empty one, nothing starts', async () => {
  for (const webhookSecret of ['', ' '])
    await assert.rejects(
      githubWebhook({ ...ACCOUNT, webhookSecret }, () => {}, silentLog),
      { code: 'SECRET_MISSING' },
    );
});

/** Sends megabytes until the server answers or cuts. */
function pour(
  url: string,
  headers: Record<string, string>,
  megabytes: number,
): Promise<{ status: number | null; sent: number }> {
  return new Promise((resolve) => {
    const chunk = Buffer.alloc(2 ** 20, 'x');
    const state = { sent: 0, over: false };
    const end = (status: number | null) => {
      state.over = true;
      resolve({ status, sent: state.sent });
    };
    const outgoing = request(url, { method: 'POST', headers }, (answer) => {
      end(answer.statusCode ?? null);
      outgoing.destroy();
    });
    outgoing.on('error', () => end(null));
    const next = (): void => {
      if (state.over || state.sent >= megabytes) return;
      state.sent++;
      if (outgoing.write(chunk)) setImmediate(next);
      else outgoing.once('drain', next);
    };
    next();
  });
}
