import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { mboxrd } from '../../src/web/archive/mboxrd.ts';
import { parseQuery, QueryError } from '../../src/web/archive/query.ts';
import { Limiter } from '../../src/web/limit.ts';
import { type ApiCase, apiCase } from '../helpers/api-case.ts';
import { mailText, msgid, patchBody } from '../helpers/mail-text.ts';
import { LIST, postedSeries, review } from '../helpers/posted.ts';

const BYTES = { redirect: 'manual' } as const;

async function mbox(answer: Response): Promise<string> {
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('Content-Type'), 'application/gzip');
  assert.equal(answer.headers.get('Content-Encoding'), null, 'a client would unpack it twice');
  return gunzipSync(Buffer.from(await answer.arrayBuffer())).toString('utf8');
}

const idsIn = (text: string): string[] =>
  [...text.matchAll(/^Message-ID: <(.+)@example.org>$/gim)].map((match) => match[1] ?? '');

async function searched(its: ApiCase, q: string, more: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const query = new URLSearchParams({ x: 'm', q, ...more });
  const answer = await fetch(`${its.url}/all/?${query.toString()}`, { method: 'POST' });
  return answer.status === 404 ? [] : idsIn(await mbox(answer)).sort();
}

test('a thread is what its headers connect, also through a mail that is not there', async (t) => {
  const its = await apiCase(t);
  const deep = mailText({
    id: 'deep',
    replyTo: 'lost',
    subject: 'Re: x',
    headers: `References: ${msgid('x1-1')} ${msgid('lost')}\n`,
  });
  await its.receive(...postedSeries(its.repo, 'x'), review('x1-1'), deep);
  await its.receive(...postedSeries(its.repo, 'x', 2));
  for (const id of ['x1-0', 'x1-2', 'r-x1-1']) {
    const text = await mbox(await fetch(`${its.url}/all/${id}@example.org/t.mbox.gz`));
    assert.deepEqual(idsIn(text).sort(), ['deep', 'r-x1-1', 'x1-0', 'x1-1', 'x1-2'], id);
  }
  assert.deepEqual(idsIn(await mbox(await fetch(`${its.url}/all/x2-1%40example.org/t.mbox.gz`))), [
    'x2-0',
    'x2-1',
    'x2-2',
  ]);
  assert.equal((await fetch(`${its.url}/all/nobody@example.org/t.mbox.gz`)).status, 404);
});

test('a mail is found by any of the addresses that clients make of its Message-ID', async (t) => {
  const its = await apiCase(t);
  await its.receive(mailText({ id: 'a/b+c', subject: '[PATCH] x', to: LIST }));
  const path = '/all/a%2Fb%2Bc%40example.org';
  const status = async (url: string): Promise<readonly [number, string | null]> => {
    const answer = await fetch(its.url + url, BYTES);
    return [answer.status, answer.headers.get('Location')];
  };
  assert.deepEqual(await status(path), [301, `${path}/`]);
  assert.deepEqual(await status(`${path}/`), [302, '/message/a%2Fb%2Bc%40example.org']);
  assert.equal((await status(`${path}/T/`))[0], 302);
  const raw = await fetch(`${its.url}${path}/raw`);
  assert.match(await raw.text(), /^Subject: \[PATCH\] x$/m);
  assert.match(raw.headers.get('Content-Security-Policy') ?? '', /sandbox/);
  for (const gone of ['/all/x@example.org/', '/all/x@example.org', '/all/x@example.org/raw', '/all/x@example.org/T/'])
    assert.equal((await status(gone))[0], 404, gone);
  assert.equal((await fetch(`${its.url}/manifest.js.gz`, { method: 'HEAD' })).status, 200);
  assert.equal((await fetch(`${its.url}/all/_/text/help/`, { method: 'HEAD' })).status, 200);
});

test('searches understand what b4 and lei send', async (t) => {
  const its = await apiCase(t);
  const change = mailText({
    id: 'c1',
    subject: '[PATCH 0/1] b: mend',
    to: LIST,
    body: 'Why.\n\nchange-id: 20240601-mend-abcdef\n',
  });
  const single = mailText({
    id: 'c2',
    subject: '[PATCH v2] b: mend',
    to: LIST,
    body: patchBody('a.c', 'four').replace('-- \n', '---\nbase-commit: 0\nchange-id: 20240602-single-abcdef\n-- \n'),
  });
  await its.receive(...postedSeries(its.repo, 'x'), review('x1-1'), change, single);
  const [patch] = await its.json<readonly { msgid: string }[]>('/api/patches/');
  assert.equal(patch?.msgid, msgid('x1-1'));
  for (const [q, ids] of [
    ['s:"make x right"', ['x1-0']],
    ['s:"make x right" AND f:"ann@example.org"', ['x1-0']],
    ['s:""x part 2"" AND f:ann', ['x1-2']],
    ['f:rob OR s:"part 2"', ['r-x1-1', 'x1-2']],
    ['(f:rob OR f:ann) AND d:20240604..', ['r-x1-1']],
    ['d:..20240604 AND NOT s:part', ['c1', 'c2', 'x1-0']],
    ['s:part -f:rob', ['x1-1', 'x1-2']],
    ['dt:20240603080100..20240603080200', ['x1-1']],
    ['rt:1717401700..', ['r-x1-1', 'x1-2']],
    ['m:x1-1@example.org', ['x1-1']],
    ['nq:"change-id: 20240601-mend-abcdef"', ['c1']],
    ['"change-id: 20240601-mend-abcdef"', ['c1']],
    ['nq:"change-id:20240601-mend-abcdef"', ['c1']],
    ['nq:"change-id: 20240602-single-abcdef"', ['c2']],
    ['nq:four OR nq:"base-commit"', []],
    ['nq:"Good" AND f:rob', ['r-x1-1']],
    ['nq:Because', ['x1-1', 'x1-2']],
    ['s:"100%"', []],
    ['s:_', []],
  ] as const)
    assert.deepEqual(await searched(its, q), ids, q);
  assert.deepEqual(await searched(its, 'm:r-x1-1@example.org', { t: '1' }), ['r-x1-1', 'x1-0', 'x1-1', 'x1-2']);
  const within = await fetch(`${its.url}/all/x1-1@example.org/?x=m&q=rt:1717401700..`, { method: 'POST' });
  assert.deepEqual(idsIn(await mbox(within)).sort(), ['r-x1-1', 'x1-2'], 'of one thread alone');
});

test('a range of days has its last day, as public-inbox has it, and what is not searched here is refused by name', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'), review('x1-1'));
  for (const [q, ids] of [
    ['d:20240603..20240603', ['x1-0', 'x1-1', 'x1-2']],
    ['d:2024-06-04..2024-06-04', ['r-x1-1']],
    ['d:20240604', ['r-x1-1']],
    ['d:..20240602', []],
  ] as const)
    assert.deepEqual(await searched(its, q), ids, q);
  for (const prefix of ['dfn', 'a', 'tc', 'dfhh']) {
    const answer = await fetch(`${its.url}/all/?x=m&q=${prefix}:x`, { method: 'POST' });
    assert.deepEqual([answer.status, await answer.text()], [400, `q: "${prefix}:" is not searched here\n`]);
  }
});

test('the patch id of git finds a patch', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'));
  const diff = await (await fetch(`${its.url}/patch/2/raw/`)).text();
  const id = its.repo.run(['patch-id', '--stable'], diff).stdout.toString().split(' ')[0] ?? '';
  assert.deepEqual(await searched(its, `patchid:${id} OR patchid:${'0'.repeat(40)}`), ['x1-1']);
});

test('a search that cannot be read says so; what could be long is bounded', async (t) => {
  const its = await apiCase(t);
  for (const q of [
    '',
    '(',
    ')',
    's:"x',
    '(a OR b',
    'a OR',
    'd:20249999',
    `${'('.repeat(50)}a${')'.repeat(50)}`,
    'x '.repeat(3000),
  ]) {
    const query = new URLSearchParams({ x: 'm', q });
    const answer = await fetch(`${its.url}/all/?${query.toString()}`, { method: 'POST' });
    assert.ok([400, 404].includes(answer.status), `${q.slice(0, 40)}: ${answer.status}`);
  }
  assert.equal((await fetch(`${its.url}/all/?q=x`, { method: 'POST' })).status, 400, 'no mbox was asked for');
  assert.throws(() => parseQuery('a '.repeat(1000)), QueryError);
});

test('who searches without end is told to wait, and others are not', async (t) => {
  const limiter = new Limiter({ burst: 3, perMinute: 60 });
  assert.deepEqual(
    [0, 0, 0, 0].map((now) => limiter.take('a', now)),
    [0, 0, 0, 1],
  );
  assert.equal(limiter.take('b', 0), 0);
  assert.equal(limiter.take('a', 500), 1, 'half a second fills half of one');
  assert.equal(limiter.take('a', 2_000), 0);
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'));
  const statuses = await Promise.all(
    Array.from({ length: 60 }, () => fetch(`${its.url}/all/?x=m&q=s:x`, { method: 'POST' })),
  );
  const refused = statuses.find(({ status }) => status === 429);
  assert.match(refused?.headers.get('Retry-After') ?? '', /^\d+$/);
  const proxied = { method: 'POST', headers: { 'X-Forwarded-For': '192.0.2.7' } };
  assert.equal(
    (await fetch(`${its.url}/all/?x=m&q=s:x`, proxied)).status,
    200,
    'somebody else behind a proxy of this machine',
  );
});

test('an mboxrd quotes every line that looks like a postmark, and nothing else', () => {
  const box = (text: string): string => mboxrd(Buffer.from(text, 'latin1')).toString('latin1');
  const postmark = 'From mboxrd@z Thu Jan  1 00:00:00 1970\n';
  assert.equal(
    box('A: 1\n\nFrom x\n>From y\n>>From z\nFroms\n'),
    `${postmark}A: 1\n\n>From x\n>>From y\n>>>From z\nFroms\n\n`,
  );
  assert.equal(box('A: 1\r\n\r\nx\ry\r\n'), `${postmark}A: 1\n\nx\ry\n\n`);
  assert.equal(box('A: 1\n\nno end'), `${postmark}A: 1\n\nno end\n\n`);
  assert.equal(
    box('From x Thu Jan  1 00:00:00 1970\nA: 1\n\nx\n'),
    `${postmark}A: 1\n\nx\n\n`,
    'a postmark is no part of a mail',
  );
  assert.equal(box('A: 1\n\n\r\nFrom x\r\n\xff'), `${postmark}A: 1\n\n\n>From x\n\xff\n\n`);
});

test('a project gives the settings that lead b4 to it', async (t) => {
  const its = await apiCase(t);
  const text = await (await fetch(`${its.url}/project/hello/b4-config`)).text();
  assert.match(text, new RegExp(`^\\[b4\\]\\n {2}midmask = ${its.url}/all/%s$`, 'm'));
  assert.equal((await fetch(`${its.url}/project/none/b4-config`)).status, 404);
});
