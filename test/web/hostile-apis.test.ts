import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { apiCase } from '../helpers/api-case.ts';
import { mailText, patchBody } from '../helpers/mail-text.ts';
import { LIST } from '../helpers/posted.ts';

/** One request as it is written, and all that comes back. */
function talk(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.end(request));
    const parts: Buffer[] = [];
    socket.on('data', (part) => parts.push(part)).on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(parts).toString('latin1')));
  });
}

test('no subject, name or Message-ID gets into a header, nor out of the mbox that it stands in', async (t) => {
  const its = await apiCase(t);
  const evil = '=?utf-8?q?=5BPATCH=5D_x=22=3B=0D=0AX-Evil=3A_1=0D=0A=0D=0A=3Cscript=3E?=';
  const from = '=?utf-8?q?A=0D=0AX-Evil=3A_2?= <ann@example.org>';
  const cc = 'Cc: =?utf-8?q?B=0D=0AX-Evil=3A_3?= <bob@example.org>, "C, D" <cd@example.org>\n';
  const body = patchBody('a.c', 'x', 'Why.\n\nFrom me Mon Jan  1 00:00:00 2024\nX-Evil: 4');
  await its.receive(mailText({ id: 'p"1;x', subject: evil, from, to: LIST, headers: cc, body }));
  const [patch] = await its.json<readonly { id: number; mbox: string }[]>('/api/patches/');
  assert.ok(patch);
  for (const url of [patch.mbox, `${its.url}/patch/${patch.id}/raw/`, `${its.url}/series/1/mbox/`]) {
    const answer = await fetch(url);
    assert.match(answer.headers.get('Content-Disposition') ?? '', /^attachment; filename=[A-Za-z0-9-]+\.\w+$/);
    assert.equal(answer.headers.get('X-Evil'), null);
    assert.equal(answer.headers.get('X-Content-Type-Options'), 'nosniff');
    assert.doesNotMatch((await answer.text()).split('\n\n')[0] ?? '', /^X-Evil/m, 'in its head');
  }
  const mailbox = await (await fetch(patch.mbox)).text();
  assert.match(mailbox, /^>From me Mon Jan {2}1/m);
  assert.match(mailbox, /^ "C, D" <cd@example\.org>$/m);
});

test('a request that is cut off, has a strange host or an odd path is answered or refused, and the next one is answered', async (t) => {
  const its = await apiCase(t);
  const get = (path: string, host: string) =>
    talk(its.url, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  assert.match(await get('/api/1.2/projects/', 'a"><script>'), /^HTTP\/1\.1 400 /);
  assert.match(
    await get('http://other.example/api/1.2/projects/', 'x'),
    /"url":"http:\/\/other\.example\/api\/1\.2\/projects\/1\/"/,
  );
  for (const path of [
    '/api/patches/%00/',
    '/all/%0d%0aX-Evil:%201/',
    '/all/%ff/raw',
    '/project/%2e%2e/list/',
    '/api/../../etc/passwd',
    '/api/patches/99999999999999999999/',
  ])
    assert.match(await get(path, 'x'), /^HTTP\/1\.1 (?:302|400|404) /, path);
  await talk(its.url, 'POST /xmlrpc/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<methodCall>');
  assert.equal((await its.json<unknown[]>('/api/projects/')).length, 1);
});

test('what is too large or too much is refused before it is kept', async (t) => {
  const its = await apiCase(t);
  await its.receive(mailText({ id: 'p1', subject: '[PATCH] x', to: LIST, body: patchBody('a.c', 'x') }));
  const headers = { Authorization: 'Token robot', 'Content-Type': 'application/json' };
  const post = async (path: string, body: string): Promise<number> =>
    (await fetch(its.url + path, { method: 'POST', body, headers })).status;
  assert.equal(await post('/api/bundles/', JSON.stringify({ name: 'x'.repeat(300_000) })), 413);
  assert.equal(
    await post('/api/bundles/', JSON.stringify({ name: 'x', patches: Array.from({ length: 2000 }, (_, at) => at) })),
    400,
  );
  assert.equal(await post('/api/bundles/', '['.repeat(100_000)), 400);
  assert.equal(await post('/api/bundles/', '{"__proto__": {"name": ["x"]}, "patches": 1}'), 400);
  assert.equal(await post('/api/patches/1/checks/', JSON.stringify({ context: 'x'.repeat(65), state: 'fail' })), 400);
  const many = `/api/patches/?${'state=new&'.repeat(900)}q=${'x'.repeat(2000)}`;
  assert.ok([200, 414, 431].includes((await fetch(its.url + many)).status));
  assert.equal((await fetch(`${its.url}/api/patches/?q=%25_%5C&order=;drop&page=1&since=%00`)).status, 200);
});
