import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { decide, listOutgoing } from '../../src/store/outbox.ts';
import { newToken } from '../../src/web/tokens.ts';
import { assertSoundPage, textOf } from '../helpers/html.ts';
import { sampleOutgoing } from '../helpers/samples.ts';
import { NOW, testWeb } from '../helpers/web.ts';

const HERE = { Origin: 'http://patches.test', Host: 'patches.test' };

/** A bot with two waiting mails, and a browser that sends forms to it. */
async function moderated(t: TestContext, url: string | null = null) {
  const { token, kept } = newToken();
  const { app, store } = await testWeb(t, { operator: { token: kept, url } });
  const of = { project: 'xen', key: 'a', kind: 'conflict', mode: 'moderate' } as const;
  await store.transaction(async (tx) => {
    for (const name of ['one', 'two'])
      await decide(tx, { ...of, outcome: `conflict:${name}`, message: sampleOutgoing(`<${name}@bot>`) }, NOW);
  });
  const send = (action: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
    const body = new URLSearchParams(fields).toString();
    const type = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': `${body.length}` };
    return app.request(`/moderation/${action}`, { method: 'POST', body, headers: { ...HERE, ...type, ...headers } });
  };
  const logIn = async () => {
    const answer = await send('login', { token });
    return { Cookie: (answer.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '' };
  };
  const states = async () => (await listOutgoing(store.db, { limit: 9 })).toReversed().map(({ state }) => state);
  const page = async (headers: Record<string, string> = {}, path = '/moderation') =>
    (await app.request(path, { headers })).text();
  return { app, store, token, send, logIn, states, page };
}

test('who has the token logs in once, sees each mail as it would be sent, and says yes or no with a reason', async (t) => {
  const { send, logIn, states, page, store } = await moderated(t);
  assertSoundPage(await page());
  assert.doesNotMatch(await page(), /one@bot/, 'nothing is shown before');
  const cookie = await logIn();
  const shown = await page(cookie);
  assertSoundPage(shown);
  assert.match(textOf(shown), /Message-ID <one@bot> .* Message-ID <two@bot>/);
  const yes = await send('approve', { msgid: '<one@bot>' }, cookie);
  assert.deepEqual([yes.status, yes.headers.get('Location')], [303, '/moderation?said=approved']);
  await send('reject', { msgid: '<two@bot>', reason: 'too\r\nrude' }, cookie);
  assert.deepEqual(await states(), ['queued', 'dropped']);
  assert.equal((await listOutgoing(store.db, { state: 'dropped', limit: 1 }))[0]?.error, 'too rude');
  assert.match(textOf(await page(cookie, '/moderation?said=rejected')), /will not be sent.*Nothing waits for a yes/);
});

test('a second yes, or one that comes after a no, changes nothing and says so', async (t) => {
  const { send, logIn, states } = await moderated(t);
  const cookie = await logIn();
  await send('reject', { msgid: '<one@bot>' }, cookie);
  const late = await send('approve', { msgid: '<one@bot>' }, cookie);
  assert.equal(late.headers.get('Location'), '/moderation?said=late');
  assert.equal(
    (await send('approve', { msgid: '<none@bot>' }, cookie)).headers.get('Location'),
    '/moderation?said=late',
  );
  assert.deepEqual(await states(), ['dropped', 'waiting']);
});

test('without the token, with a wrong one, or with a cookie of somebody’s own making, nothing is done', async (t) => {
  const { send, states, page } = await moderated(t);
  const wrong = await send('login', { token: 'guess' });
  assert.deepEqual([wrong.headers.get('Location'), wrong.headers.get('Set-Cookie')], ['/moderation?said=wrong', null]);
  assert.match(textOf(await page({}, '/moderation?said=wrong')), /That is not the token/);
  for (const headers of [{}, { Cookie: 'patchloom-operator=guess' }, { Cookie: 'patchloom-operator=' }])
    assert.equal((await send('approve', { msgid: '<one@bot>' }, headers)).status, 401);
  assert.deepEqual(await states(), ['waiting', 'waiting']);
});

test('the address that the token is sent to leads to the page that asks for it', async (t) => {
  const { app } = await moderated(t);
  const answer = await app.request('/moderation/login');
  assert.deepEqual([answer.status, answer.headers.get('Location')], [303, '/moderation']);
  const { app: without } = await testWeb(t);
  assert.equal((await without.request('/moderation/login')).status, 404);
});

test('a form on another site is refused, though the browser has logged in', async (t) => {
  const { send, logIn, states } = await moderated(t);
  const cookie = await logIn();
  const origins = ['https://evil.test', 'null', '', 'http://patches.test.evil.test', 'http://patches.test:81'];
  for (const Origin of origins)
    assert.equal((await send('approve', { msgid: '<one@bot>' }, { ...cookie, Origin })).status, 403, Origin);
  assert.deepEqual(await states(), ['waiting', 'waiting']);
});

test('the cookie is out of reach of scripts, of other sites, and of plain http where the pages have https', async (t) => {
  const cookieOf = async (url: string | null) => {
    const { send, token } = await moderated(t, url);
    return (await send('login', { token }, { Origin: url ?? HERE.Origin })).headers.get('Set-Cookie') ?? '';
  };
  const plain = await cookieOf(null);
  for (const word of [/; HttpOnly/, /; SameSite=Strict/, /; Path=\/moderation/, /; Max-Age=43200/])
    assert.match(plain, word);
  assert.doesNotMatch(plain, /Secure/);
  assert.match(await cookieOf('https://behind-a-proxy.test'), /; Secure/);
});

test('logging out takes the cookie away; large forms and other methods are refused', async (t) => {
  const { app, send, logIn } = await moderated(t);
  const cookie = await logIn();
  assert.match((await send('logout', {}, cookie)).headers.get('Set-Cookie') ?? '', /^patchloom-operator=; Max-Age=0/);
  assert.equal((await send('reject', { msgid: '<one@bot>', reason: 'x'.repeat(20_000) }, cookie)).status, 413);
  assert.equal((await app.request('/moderation/approve', { headers: cookie })).status, 404);
  assert.equal((await app.request('/moderation/approve', { method: 'PUT', headers: cookie })).status, 405);
});

test('where no operator is configured there is no such page, and the outbox does not speak of it', async (t) => {
  const { app, page } = await testWeb(t);
  assert.equal((await app.request('/moderation')).status, 404);
  assert.equal((await app.request('/moderation/login', { method: 'POST', body: '' })).status, 405);
  assert.doesNotMatch(await page('/outbox'), /moderation/);
  const { page: with_ } = await moderated(t);
  assert.match(await with_({}, '/outbox'), /<a href="\/moderation">/);
});
