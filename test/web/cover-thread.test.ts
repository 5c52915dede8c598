import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiCase } from '../helpers/api-case.ts';
import { textOf } from '../helpers/html.ts';
import { mailText } from '../helpers/mail-text.ts';
import { postedSeries, review } from '../helpers/posted.ts';

test('the page of a cover has what was answered to it, which stands on no page of a patch', async (t) => {
  const its = await apiCase(t);
  const answer = mailText({ id: 'a', replyTo: 'x1-0', subject: 'Re: [PATCH 0/2] x', body: '> Why.\n\nWhat for?\n' });
  const again = mailText({ id: 'b', replyTo: 'a', subject: 'Re: [PATCH 0/2] x', body: '> What for?\n\nFor fun.\n' });
  await its.receive(...postedSeries(its.repo, 'x'), review('x1-1'), answer, again);
  const page = async (path: string) => (await fetch(its.url + path)).text();
  const cover = await page('/message/x1-0@example.org');
  assert.match(textOf(cover), /Thread .*What for\? .*For fun\./);
  assert.match(cover, /<article class="tile depth-1" id="mail-2"/);
  for (const other of ['/message/a@example.org', '/message/x1-1@example.org'])
    assert.doesNotMatch(await page(other), /id="thread"/, other);
  assert.doesNotMatch(textOf(await page('/patch/x1-1@example.org')), /What for/);
});
