import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiCase } from '../helpers/api-case.ts';
import { mailText, patchBody } from '../helpers/mail-text.ts';
import { LIST } from '../helpers/posted.ts';

test('a patch that a moderator held has the date of its release, by which clients that poll find it, and keeps its own', async (t) => {
  const its = await apiCase(t);
  const received = 'Received: from mx by lists.example.org; Thu, 6 Jun 2024 12:00:00 +0000\n';
  const headers = `${received}List-Id: <hello.lists.example.org>\n`;
  await its.receive(
    mailText({ id: 'held', subject: '[PATCH] x', to: LIST, headers, body: patchBody('a.c', 'x') }),
    mailText({ id: 'quick', subject: '[PATCH] y', to: LIST, body: patchBody('a.c', 'y') }),
  );
  const dates = async (path: string) =>
    (await its.json<readonly { date: string }[]>(path)).map(({ date }) => date.slice(0, 10));
  for (const list of ['patches', 'series']) {
    assert.deepEqual(await dates(`/api/${list}/?order=date`), ['2024-06-03', '2024-06-06']);
    assert.deepEqual(await dates(`/api/${list}/?since=2024-06-05T00:00:00`), ['2024-06-06']);
  }
  const [patch] = await its.json<readonly { id: number }[]>('/api/patches/?msgid=held@example.org');
  const { headers: own } = await its.json<{ headers: { Date: string } }>(`/api/patches/${patch?.id}/`);
  assert.equal(own.Date, 'Mon, 3 Jun 2024 10:00:00 +0200');
  const ids = async (q: string): Promise<number> =>
    (await fetch(`${its.url}/all/?x=m&q=${q}`, { method: 'POST' })).status;
  assert.deepEqual([await ids('s:x+d:20240606..20240606'), await ids('s:x+d:20240603..20240603')], [200, 404]);
});
