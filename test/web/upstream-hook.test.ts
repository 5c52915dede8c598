import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import { loadConfig } from '../../config/loader.ts';
import { runService } from '../../src/service.ts';
import { silentLog } from '../../src/util/log.ts';
import { listen } from '../../src/web/listen.ts';
import { upstreamHook, upstreamHookPath } from '../../src/web/upstream-hook.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const PUSH = JSON.stringify({ ref: 'refs/heads/main', after: 'b'.repeat(40) });
const signature = (secret: string, body = PUSH) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

async function hook(t: TestContext) {
  const heard: string[] = [];
  const path = upstreamHookPath('demo');
  const handler = upstreamHook('shh', async () => void heard.push('moved'));
  const web = await listen(new Hono(), { host: '127.0.0.1', port: 0 }, new Map([[path, handler]]));
  t.after(() => web.close());
  const post = async (headers: Record<string, string>, body = PUSH) =>
    (await fetch(`${web.url}${path}`, { method: 'POST', headers, body })).status;
  return { heard, post, url: `${web.url}${path}` };
}

test('GitHub, GitLab and a hook of one’s own are heard, each with the secret in its own way', async (t) => {
  const { heard, post } = await hook(t);
  assert.equal(await post({ 'X-Hub-Signature-256': signature('shh') }), 202);
  assert.equal(await post({ 'X-Gitlab-Token': 'shh' }), 202);
  assert.equal(await post({ Authorization: 'Bearer shh' }, ''), 202);
  assert.equal(heard.length, 3);
});

test('nobody is heard without the secret', async (t) => {
  const { heard, post, url } = await hook(t);
  for (const headers of [
    {},
    { 'X-Gitlab-Token': '' },
    { 'X-Gitlab-Token': 'sh' },
    { Authorization: 'Bearer other' },
    { Authorization: 'shh' },
    { 'X-Hub-Signature-256': 'sha256=' },
    { 'X-Hub-Signature-256': signature('other') },
    { 'X-Hub-Signature-256': signature('shh', 'another body') },
    { 'X-Hub-Signature-256': signature('') },
  ])
    assert.equal(await post(headers as Record<string, string>), 401, JSON.stringify(headers));
  assert.equal((await fetch(url)).status, 405);
  assert.deepEqual(heard, []);
});

test('a push that upstream tells of is here in a moment', async (t) => {
  await using repo = await gitRepo();
  repo.commit({ a: 'one\n' }, 'Begin');
  const directory = tempDir(t);
  const file = join(directory, 'patchloom.yaml');
  const git = { upstream: repo.path, branch: 'main', hook: { env: 'HOOK' } };
  const settings = { data: directory, bot: { email: 'bot@example.org' }, web: { listen: '127.0.0.1:0' } };
  writeFileSync(file, JSON.stringify({ ...settings, projects: { demo: { fallback: true, git } } }));
  const there = () =>
    repo.run(['--git-dir', join(directory, 'git/demo.git'), 'rev-parse', 'refs/remotes/upstream/main']);
  const stop = new AbortController();
  const ready = Promise.withResolvers<string | null>();
  const service = runService(loadConfig(file, { HOOK: 'shh' }), {
    log: silentLog,
    signal: stop.signal,
    onReady: ready.resolve,
  });
  try {
    const url = await ready.promise;
    for (let tries = 0; tries < 1_200 && there().code !== 0; tries++) await sleep(50);
    const pushed = repo.commit({ a: 'two\n' }, 'Go on');
    const post = { method: 'POST', headers: { Authorization: 'Bearer shh' } };
    assert.equal((await fetch(`${url}/webhooks/upstream/demo`, post)).status, 202);
    for (let tries = 0; tries < 1_200 && String(there().stdout).trim() !== pushed; tries++) await sleep(50);
    assert.equal(String(there().stdout).trim(), pushed);
  } finally {
    stop.abort();
    await service;
  }
});
