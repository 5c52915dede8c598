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
import { property, seedsOf, type Target, textOf } from './target.ts';
import { graft, grafted } from './tree.ts';

const SECRET = 'a secret of ours';
const EVENTS = ['push', 'check_run', 'check_suite', 'workflow_run', 'installation', 'ping', 'nothing', ''] as const;

/** A document of a forge after some changes, as text that now and then is no JSON. */
const hookBody = fc
  .tuple(
    fc.constantFrom(...seedsOf('webhook').map((seed): unknown => JSON.parse(seed.toString()))),
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
    return property(fc.tuple(fc.constantFrom(...EVENTS), hookBody), async ([event, body]) => {
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

/** What is put into the gaps of a request. */
const ODD = [
  '',
  '0',
  '-1',
  '1',
  '2',
  '99999999999999999999',
  'x1-1@example.org',
  '<x1-1@example.org>',
  '%',
  '%00',
  "'",
  '"',
  '*',
  '**',
  '(',
  'AND',
  'OR NOT',
  'a NEAR b',
  'subject:x OR f:ann',
  'd:..',
  'd:2024-13-99..',
  's:"',
  'new',
  '1.2',
  '1.0',
  '../..',
  'hello',
  'json',
  'ndjson',
  '2024-01-01T00:00:00',
  '-date',
  'x'.repeat(3_000),
  '\r\nX-Evil: 1',
  '𝕏\u0000',
  '\uD800',
] as const;

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
  readonly type: string;
}

const bodies = fc
  .tuple(
    fc.constantFrom(
      ...seedsOf('api')
        .slice(0, 1)
        .map((seed): unknown => JSON.parse(seed.toString())),
    ),
    fc.array(graft, { maxLength: 4 }),
  )
  .map(([seed, grafts]) => JSON.stringify(grafts.reduce(grafted, seed)));

const requests: fc.Arbitrary<Request> = fc
  .record({
    line: fc.constantFrom(...(seedsOf('api')[1]?.toString().trimEnd().split('\n') ?? [])),
    values: fc.array(fc.oneof(fc.constantFrom(...ODD), fc.string()), { minLength: 1, maxLength: 8 }),
    body: bodies,
    form: fc.boolean(),
  })
  .map(({ line, values, body, form }) => {
    const [method = '', template = ''] = line.split(' ');
    let gap = 0;
    const path = template.replaceAll('{}', () =>
      encodeURIComponent((values[gap++ % values.length] ?? '').toWellFormed()),
    );
    const sends = method !== 'GET' && method !== 'DELETE';
    const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
    return { method, path, body: sends ? body : null, type };
  });

const XML_WORDS = [
  '<value>',
  '</value>',
  '<array><data>',
  '<struct>',
  '<nil/>',
  '<dateTime.iso8601>x</dateTime.iso8601>',
  '<base64>!</base64>',
  '<int>9e99</int>',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '&b;',
  '&#0;',
  '<![CDATA[',
  '<methodName>system.multicall</methodName>',
  'patch_get',
  'bundle_list',
  '__proto__',
];
const calls: fc.Arbitrary<Request> = textOf(seedsOf('xmlrpc'), XML_WORDS).map((text) => ({
  method: 'POST',
  path: '/xmlrpc/',
  body: text.toString('latin1'),
  type: 'text/xml',
}));

const apiTarget: Target = {
  name: 'api',
  open: async (ending) => {
    const its = await apiCase(ending);
    await its.receive(...postedSeries(its.repo, 'x'), review('x1-1'));
    return property(fc.oneof({ weight: 3, arbitrary: requests }, { weight: 1, arbitrary: calls }), async (one) => {
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
