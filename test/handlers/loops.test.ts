import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderMessage } from '../../src/mail/render.ts';
import { listRequests } from '../../src/store/wishes.ts';
import { patchMail } from '../sink/speaking-case.ts';
import { AUTHSERV, conflictOf, mailOf, speakingBot } from './speaking-bot.ts';

const PATCH = '<p1@example.org>';

test('two bots on one list fall silent after one mail', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1));
  // The other bot signs its mail, is the author of a series and marks nothing as automatic: the worst that there is.
  let about = PATCH;
  for (let turn = 0; turn < 5; turn += 1) {
    const dkim = 'example.org';
    await one.arrive(mailOf({ id: `<other${turn}@example.org>`, about, dkim, text: '@patchloom nonsense' }));
    about = (await one.said()).at(-1)?.message.msgid ?? about;
  }
  assert.equal((await one.said()).length, 1);
});

test('two of these bots on one list say each their one report, and nothing about each other', async (t) => {
  // Neither address looks like that of a program, and the list takes away what says that the mail was written by one.
  const bots = [await speakingBot(t, {}, 'loom@lists.test'), await speakingBot(t, {}, 'weaver@lists.test')];
  for (const one of bots) {
    await one.arrive(patchMail(1));
    await one.mirrored(PATCH, conflictOf(PATCH));
  }
  const heard = new Set<string>();
  for (let round = 0; round < 5; round += 1) {
    const said = (await Promise.all(bots.map((one) => one.said()))).flat().map(({ message }) => message);
    for (const message of said.filter(({ msgid }) => !heard.has(msgid))) {
      heard.add(message.msgid);
      const raw = (await renderMessage(message)).toString('latin1').replaceAll('\r\n', '\n');
      const mail = raw.replace(/^(?:Auto-Submitted|X-[A-Za-z-]+): .*\n/gm, '');
      for (const one of bots)
        await one.arrive(`Authentication-Results: ${AUTHSERV}; dkim=pass header.d=lists.test\n${mail}`);
    }
  }
  assert.deepEqual(
    (await Promise.all(bots.map((one) => one.said()))).map((said) => said.map(({ kind }) => kind)),
    [['conflict'], ['conflict']],
  );
});

test('a bot that answers each report with a new patch gets one report', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1));
  await one.mirrored(PATCH, conflictOf(PATCH));
  for (let turn = 2; turn < 5; turn += 1) {
    const about = (await one.said()).at(-1)?.message.msgid ?? '';
    const references = `${PATCH} ${about}`;
    await one.arrive(patchMail(turn).replace('Subject:', `In-Reply-To: ${about}\nReferences: ${references}\nSubject:`));
    await one.mirrored(`<p${turn}@example.org>`, conflictOf(`<p${turn}@example.org>`));
  }
  assert.equal((await one.said()).length, 1);
});

test('a mail of ours is known when it comes back from a second address under another name and without its headers', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1));
  await one.mirrored(PATCH, conflictOf(PATCH));
  const [report] = await one.said();
  assert.ok(report);
  const raw = (await renderMessage(report.message)).toString('latin1').replaceAll('\r\n', '\n');
  const body = raw.slice(raw.indexOf('\n\n') + 2);
  const changed = mailOf({
    from: 'Relay <relay@example.org>',
    id: '<new-name@example.org>',
    about: PATCH,
    dkim: 'example.org',
    text: `@patchloom status\n\n${body}`,
  });
  await one.arrive(changed);
  assert.equal((await one.said()).length, 1);
  assert.deepEqual(await listRequests(one.bot.store.db, 9), []);
});

test('the addresses of programs, automatic replies and bounces are not answered', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1));
  const text = '@patchloom status';
  const dkim = 'example.org';
  await one.arrive(
    mailOf({ id: '<1@x>', about: PATCH, dkim, text, from: 'kernel test robot <lkp@example.org>' }),
    mailOf({ id: '<2@x>', about: PATCH, dkim, text, from: 'syzbot <syzbot+3f2a@example.org>' }),
    mailOf({ id: '<3@x>', about: PATCH, dkim, text, headers: 'Auto-Submitted: auto-generated\n' }),
    mailOf({ id: '<4@x>', about: PATCH, dkim, text, headers: 'Return-Path: <>\n' }),
    mailOf({ id: '<5@x>', about: PATCH, dkim, text, headers: 'X-Patchloom: report\n' }),
  );
  assert.deepEqual(await one.said(), []);
});

test('a delivery report is shown beside its mail, told to the operator once, and answered to nobody', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1));
  await one.mirrored(PATCH, conflictOf(PATCH));
  const msgid = (await one.said())[0]?.message.msgid ?? '';
  const dsn = [
    'This is the mail system.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.org',
    '',
    'Final-Recipient: rfc822; ann@example.org',
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 no such user',
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: ${msgid}`,
    'Subject: Re: [PATCH] f1: two',
    '',
    '--b--',
  ].join('\n');
  const headers = 'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n';
  const mail = mailOf({
    id: '<dsn@x>',
    from: 'MAILER-DAEMON <>',
    to: 'bot@lists.test',
    headers,
    text: `--b\n\n${dsn}`,
  });
  await one.arrive(mail);
  await one.arrive(`Received: again\n${mail}`);
  const said = await one.said();
  assert.equal(said[0]?.bounce, 'ann@example.org: failed 5.1.1 550 5.1.1 no such user');
  assert.deepEqual(
    said.map(({ kind, message }) => [kind, message.to[0]?.email]),
    [
      ['conflict', 'ann@example.org'],
      ['notice', 'op@lists.test'],
    ],
  );
});
