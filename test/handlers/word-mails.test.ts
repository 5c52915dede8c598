import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailsWorded, wordOlderMails } from '../../handlers/word-mails.ts';
import { pendingJobs } from '../../src/store/jobs.ts';
import { mailWordsDue, putMailWords, setMailWordsDue } from '../../src/store/mail-words.ts';
import { idsAfter } from '../../src/store/rebuild.ts';
import { drain } from '../../src/worker.ts';
import { type ApiCase, apiCase } from '../helpers/api-case.ts';
import { mailText } from '../helpers/mail-text.ts';

const MAILS = 230;

async function asked({ url }: ApiCase, q: string) {
  const answer = await fetch(`${url}/all/?x=m&q=${q}`, { method: 'POST' });
  return { status: answer.status, missing: answer.headers.get('X-Patchloom-Search'), text: await answer.text() };
}

test('mail that an earlier version has stored is found by its text after a while, and until then the answer says so', async (t) => {
  const its = await apiCase(t);
  const { store } = its.bot;
  await its.receive(
    ...Array.from({ length: MAILS }, (_, at) => mailText({ id: `m${at}`, subject: 's', body: `ordinary w${at}\n` })),
  );
  await store.transaction(async (tx) => {
    await putMailWords(
      tx,
      (await idsAfter(tx, 0, MAILS)).map((message) => ({ message, subject: '', words: '' })),
    );
    await setMailWordsDue(tx, null);
  });
  const none = await asked(its, 'nq:w7');
  const words = `the text of ${MAILS} older mails is not searched yet`;
  assert.deepEqual(none, { status: 404, missing: words, text: `No results found (${words})\n` });
  assert.equal((await asked(its, 's:zzz')).missing, null, 'subjects are known');

  await wordOlderMails(its.bot);
  await wordOlderMails(its.bot);
  assert.deepEqual(await pendingJobs(store.db), [{ kind: 'words', state: 'pending', count: 1 }]);
  assert.equal(await drain(its.bot, { words: mailsWorded }), 3);
  assert.equal(await mailWordsDue(store.db), 0);
  assert.deepEqual([(await asked(its, 'nq:w7')).status, (await asked(its, 'nq:w0')).missing], [200, null]);
  await wordOlderMails(its.bot);
  assert.deepEqual(await pendingJobs(store.db), []);
});
