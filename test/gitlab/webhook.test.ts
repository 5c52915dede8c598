import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Hono } from 'hono';
import { GITLAB_WEBHOOK, gitlabWebhook } from '../../src/gitlab/webhook.ts';
import { listen } from '../../src/web/listen.ts';

const SHA = 'b'.repeat(40);
const PROJECT = { path_with_namespace: 'ann/sub/ci' };

async function hook(t: TestContext) {
  const heard: string[] = [];
  const handler = gitlabWebhook('shh', async (project, commit) => {
    if (commit === 'trouble') throw new Error('the store is busy');
    heard.push(`${project} ${commit}`);
  });
  const web = await listen(new Hono(), { host: '127.0.0.1', port: 0 }, new Map([[GITLAB_WEBHOOK, handler]]));
  t.after(() => web.close());
  const post = (body: unknown, token: string | null = 'shh') =>
    fetch(`${web.url}${GITLAB_WEBHOOK}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: token === null ? {} : { 'X-Gitlab-Token': token },
    }).then((answer) => answer.status);
  return { heard, post };
}

test('pipeline and job events are heard, others are nothing to us', async (t) => {
  const { heard, post } = await hook(t);
  assert.equal(
    await post({ object_kind: 'pipeline', object_attributes: { sha: SHA, status: 'failed' }, project: PROJECT }),
    200,
  );
  assert.equal(await post({ object_kind: 'build', sha: SHA, build_status: 'success', project: PROJECT }), 200);
  assert.deepEqual(heard, [`ann/sub/ci ${SHA}`, `ann/sub/ci ${SHA}`]);
  for (const other of [{ object_kind: 'issue' }, [], 'null', 'no json', { project: null, sha: 3 }])
    assert.equal(await post(other), 202);
  assert.equal(await post({ sha: 'trouble', project: PROJECT }), 500, 'GitLab sends it again');
  assert.equal(heard.length, 2);
});

test('without the secret, with a wrong one, or too large: refused', async (t) => {
  const { heard, post } = await hook(t);
  const event = { object_kind: 'build', sha: SHA, project: PROJECT };
  for (const token of [null, '', 'sh', 'shhh']) assert.equal(await post(event, token), 401);
  assert.equal(await post(`{"sha":"${'x'.repeat(6 << 20)}"}`).catch(() => 413), 413);
  assert.deepEqual(heard, []);
  for (const secret of ['', '  '])
    assert.throws(() => gitlabWebhook(secret, async () => {}), { code: 'SECRET_MISSING' });
});
