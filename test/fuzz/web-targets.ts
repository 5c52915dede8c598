import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { Hono } from 'hono';
import { listenTo } from '../../handlers/github/listeners.ts';
import { GITHUB_WEBHOOK, githubWebhook } from '../../src/github/webhook.ts';
import { GITLAB_WEBHOOK, gitlabWebhook } from '../../src/gitlab/webhook.ts';
import { silentLog } from '../../src/util/log.ts';
import { listen } from '../../src/web/listen.ts';
import { apiCase, ROBOT } from '../helpers/api-case.ts';
import { postedSeries, review } from '../helpers/posted.ts';
import { madeRequests, savedRequests } from './requests.ts';
import { casesOf, seedsOf, type Target } from './target.ts';
import { graft, grafted } from './tree.ts';

const SECRET = 'a secret of ours';
type Event = (typeof EVENTS)[number];
const EVENTS = ['push', 'check_run', 'check_suite', 'workflow_run', 'installation', 'ping', 'nothing', ''] as const;

const DOCUMENTS = seedsOf('webhook').map((seed): unknown => JSON.parse(seed.toString()));

/** Every document as every event. */
const savedHooks = EVENTS.flatMap((event) =>
  DOCUMENTS.map((document): [Event, string] => [event, JSON.stringify(document)]),
);

/** A document of a forge after some changes, as text that now and then is no JSON. */
const hookBody = fc
  .tuple(
    fc.constantFrom(...DOCUMENTS),
    fc.array(graft, { maxLength: 4 }),
    fc.oneof({ weight: 9, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constantFrom('}', '[', '\0') }),
  )
  .map(([seed, grafts, tail]) => JSON.stringify(grafts.reduce(grafted, seed)) + tail);

const webhookTarget: Target = {
  name: 'webhook',
  open: async (ending) => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const account = { api: 'http://127.0.0.1:9', appId: 12, privateKey, webhookSecret: SECRET };
    const heard = async (repository: string, commit: string): Promise<void> => {
      assert.equal(typeof repository, 'string');
      assert.equal(typeof commit, 'string');
    };
    const hooks = new Map([
      [GITHUB_WEBHOOK, await githubWebhook(account, listenTo(heard), silentLog)],
      [GITLAB_WEBHOOK, gitlabWebhook(SECRET, heard)],
    ]);
    const web = await listen(new Hono(), { host: '127.0.0.1', port: 0 }, hooks);
    ending.after(() => web.close());
    return casesOf(fc.tuple(fc.constantFrom(...EVENTS), hookBody), savedHooks, async ([event, body]) => {
      const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
      const headers = {
        'content-type': 'application/json',
        'x-github-event': event,
        'x-github-delivery': 'one',
        'x-hub-signature-256': signature,
        'x-gitlab-token': SECRET,
      };
      for (const path of hooks.keys()) {
        const answer = await fetch(`${web.url}${path}`, { method: 'POST', body, headers });
        const text = await answer.text();
        // An installation without a number is signed by nobody but GitHub, and refused by its own library.
        const theirs = text.includes('installationId option is required');
        assert.ok(answer.status < 500 || theirs, `${path}: ${answer.status}: ${text.slice(0, 200)}`);
      }
    });
  },
};

const apiTarget: Target = {
  name: 'api',
  open: async (ending) => {
    const its = await apiCase(ending);
    await its.receive(...postedSeries(its.repo, 'x'), review('x1-1'));
    return casesOf(madeRequests, savedRequests, async (one) => {
      const headers = { Authorization: `Token ${ROBOT}`, 'Content-Type': one.type };
      const about = { method: one.method, headers, redirect: 'manual' as const };
      const answer = await fetch(`${its.url}${one.path}`, one.body === null ? about : { ...about, body: one.body });
      const text = await answer.text();
      assert.ok(answer.status < 500, `${answer.status}: ${text.slice(0, 500)}`);
      assert.equal(answer.headers.get('X-Evil'), null);
      assert.doesNotMatch(text, /\n {4}at .*\.[jt]s:\d+/, 'a stack trace');
      if ((answer.headers.get('Content-Type') ?? '').startsWith('application/json') && text !== '') JSON.parse(text);
    });
  },
};

export const WEB_TARGETS: readonly Target[] = [webhookTarget, apiTarget];
