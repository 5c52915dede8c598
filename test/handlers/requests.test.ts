import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextToSend } from '../../handlers/next-to-send.ts';
import { saveBranch } from '../../src/store/branches.ts';
import { pendingJobs } from '../../src/store/jobs.ts';
import { markPatch } from '../../src/store/patch-marks.ts';
import { listRequests, listWishes } from '../../src/store/wishes.ts';
import { patchMail } from '../sink/speaking-case.ts';
import { conflictOf, mailOf, speakingBot } from './speaking-bot.ts';

const PATCH = '<p1@example.org>';
const GIT = {
  upstream: '/nowhere',
  publish: [],
  branch: 'main',
  watch: ['main'],
  targetBranch: null,
  browse: null,
  hook: null,
  disk: null,
  sign: null,
  borrow: null,
  expire: null,
  strip: 1,
  trailer: { kind: 'none' as const },
};
const ask = (line: string, more: Partial<Parameters<typeof mailOf>[0]> = {}): string =>
  mailOf({ id: '<ask@example.org>', about: PATCH, dkim: 'example.org', text: `> Because.\n\n${line}\n`, ...more });

test('an author asks in a signed reply, and is answered himself, once, though the mail comes by the list as well', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1));
  const direct = ask('@patchloom status');
  const byList = direct.replace(/^Authentication-Results: .*\n/, 'List-Id: <dev.lists.test>\n');
  await one.arrive(byList);
  assert.deepEqual((await one.said()).length, 0, 'by the list alone nobody knows who wrote it');
  await one.arrive(direct);
  await one.arrive(`Received: from x by y; Thu, 1 Jan 2026 03:00:00 +0000\n${direct}`);
  const said = await one.said();
  assert.deepEqual(
    said.map(({ kind, message }) => [kind, message.to.map(({ email }) => email), message.cc, message.inReplyTo]),
    [['answer', ['ann@example.org'], [], '<ask@example.org>']],
  );
  assert.match(
    said[0]?.message.text ?? '',
    /^> @patchloom status\n\n\| Series: {2}f1: two \(v1\)\n\| Arrived: all of 1\n/,
  );
});

test('who asks whether a series is ready is told what people have set of it, before what the policy says', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1));
  await one.bot.store.transaction((tx) =>
    markPatch(tx, { project: 'list', msgid: PATCH }, { state: 'rejected' }, 'mona', 1),
  );
  await one.arrive(ask('@patchloom ready'), ask('@patchloom status', { id: '<status@example.org>' }));
  const [ready = '', status = ''] = (await one.said()).map(({ message }) => message.text);
  assert.match(
    ready,
    /\nPeople have set it aside:\n\n\| all patches: set by mona: rejected\n\nOtherwise, by the policy:\n/,
  );
  assert.match(status, /\n\| Ready: .*\n\| Set: {5}all patches: set by mona: rejected\n/);
});

test('who cannot be told from a forger gets neither what he asks for nor an answer', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1));
  await one.arrive(ask('@patchloom hold', { dkim: null }));
  await one.arrive(ask('@patchloom hold', { dkim: 'evil.test', id: '<b@x>' }));
  await one.arrive(ask('@patchloom hold', { id: '<c@x>' }).replace('mx.lists.test', 'mx.evil.test'));
  const forgedBelow = ask('@patchloom hold', { id: '<d@x>', dkim: null }).replace(
    'From:',
    'Authentication-Results: mx.lists.test; dkim=fail header.d=example.org\nAuthentication-Results: mx.lists.test; dkim=pass header.d=example.org\nFrom:',
  );
  await one.arrive(forgedBelow);
  assert.deepEqual([await one.said(), await listWishes(one.bot.store.db)], [[], []]);
  const kept = await listRequests(one.bot.store.db, 9);
  assert.deepEqual([...new Set(kept.map(({ verdict }) => verdict))], ['doubted'], 'but it is seen');
});

test('a forged copy under the Message-ID of a genuine mail does not borrow its signature', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1));
  await one.arrive(ask('@patchloom ignore', { dkim: null }), ask('Thanks.'));
  assert.deepEqual(await listWishes(one.bot.store.db), []);
});

test('somebody who is neither author, maintainer nor committer is told so; a committer may', async (t) => {
  const requests = (await speakingBot(t)).config.projects[0]?.requests;
  assert.ok(requests);
  const one = await speakingBot(t, { requests: { ...requests, committers: ['cora@xen.test'] } });
  await one.arrive(patchMail(1));
  await one.arrive(ask('@patchloom hold', { from: 'Mal <mal@evil.test>', dkim: 'evil.test', id: '<m@x>' }));
  assert.deepEqual(await listWishes(one.bot.store.db), []);
  const [refusal] = await one.said();
  assert.match(
    refusal?.message.text ?? '',
    /Not done: only author or maintainer or committer may; mal@evil\.test is\nnone of them here\./,
  );
  await one.arrive(ask('@patchloom hold', { from: 'Cora <cora@xen.test>', dkim: 'xen.test', id: '<n@x>' }));
  assert.deepEqual(
    (await listWishes(one.bot.store.db)).map(({ kind, by }) => [kind, by]),
    [['hold', 'cora@xen.test']],
  );
  assert.equal((await one.said()).length, 1, 'what is simply done is not answered');
});

test('only a line of the own text asks, at its start, in a reply that is to the bot', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1));
  const nothing = [
    ask('> @patchloom hold', { id: '<1@x>' }),
    ask(' @patchloom hold', { id: '<2@x>' }),
    ask('Say @patchloom hold', { id: '<3@x>' }),
    ask('-- \n@patchloom hold', { id: '<4@x>' }),
    ask('@patchloom hold', { id: '<5@x>', to: 'dev@lists.test' }),
    ask('@patchloom hold', { id: '<6@x>', about: undefined }),
    ask('Fine.', { id: '<7@x>', subject: '@patchloom hold' }),
    ask('@patchloom hold', { id: '<8@x>', headers: 'Auto-Submitted: auto-replied\n' }),
  ];
  await one.arrive(...nothing);
  assert.deepEqual([await one.said(), await listWishes(one.bot.store.db)], [[], []]);
});

test('hold keeps silent until resume, and then what is still true is said', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1), ask('@patchloom hold'));
  await one.mirrored(PATCH, conflictOf(PATCH));
  assert.deepEqual(await one.said(), []);
  await one.arrive(ask('@patchloom resume', { id: '<r@x>' }));
  assert.deepEqual(
    (await one.said()).map(({ outcome }) => outcome),
    ['conflict:1'],
  );
});

test('what was decided before a hold does not leave until it ends', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1));
  await one.mirrored(PATCH, conflictOf(PATCH));
  await one.arrive(ask('@patchloom hold'));
  assert.equal(await nextToSend(one.bot), null);
  await one.arrive(ask('@patchloom resume', { id: '<r@x>' }));
  assert.equal((await nextToSend(one.bot))?.outcome, 'conflict:1');
});

test('an opt-out is confirmed, stored, takes back what waits, and holds for later series of that person', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1), patchMail(2));
  await one.mirrored(PATCH, conflictOf(PATCH));
  await one.arrive(ask('@patchloom opt-out'));
  await one.mirrored('<p2@example.org>', conflictOf('<p2@example.org>'));
  const said = await one.said();
  assert.deepEqual(
    said.map(({ kind, state, error }) => [kind, state, error]),
    [
      ['conflict', 'dropped', 'who would get it has opted out'],
      ['answer', 'queued', null],
    ],
  );
  assert.match(said[1]?.message.text ?? '', /Done: this bot will not write to you again/);
  assert.deepEqual(
    (await listWishes(one.bot.store.db)).map(({ kind, scope, subject }) => [kind, scope, subject]),
    [['opt-out', 'person', 'ann@example.org']],
  );
});

test('ignore is the opt-out of a series: confirmed, and it takes back what waits', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1));
  await one.mirrored(PATCH, conflictOf(PATCH));
  await one.arrive(ask('@patchloom ignore'));
  assert.deepEqual(
    (await one.said()).map(({ kind, state, error }) => [kind, state, error]),
    [
      ['conflict', 'dropped', 'the series has opted out'],
      ['answer', 'queued', null],
    ],
  );
});

test('a committer, and nobody else, opts the whole project out and in again', async (t) => {
  const requests = (await speakingBot(t)).config.projects[0]?.requests;
  assert.ok(requests);
  const one = await speakingBot(t, { requests: { ...requests, committers: ['cora@xen.test'] } });
  const cora = { from: 'Cora <cora@xen.test>', dkim: 'xen.test' };
  await one.arrive(patchMail(1), patchMail(2));
  await one.arrive(ask('@patchloom opt-out project', { id: '<a@x>' }));
  assert.match((await one.said())[0]?.message.text ?? '', /Not done: only committer may; ann@example\.org is author/);
  await one.arrive(ask('@patchloom opt-out project', { ...cora, id: '<b@x>' }));
  await one.mirrored('<p2@example.org>', conflictOf('<p2@example.org>'));
  assert.deepEqual(
    (await one.said()).map(({ kind }) => kind),
    ['answer', 'answer'],
  );
  await one.arrive(ask('@patchloom resume project', { ...cora, id: '<c@x>', about: '<p2@example.org>' }));
  assert.equal((await one.said()).at(-1)?.kind, 'conflict');
});

test('a maintainer of the files that are touched, by MAINTAINERS of the branch, may ask; one of other files may not', async (t) => {
  const git = { ...GIT, branch: 'main' };
  const one = await speakingBot(t, { git });
  const section = (name: string, who: string, file: string) => `${name}\nM:\t${who}\nS:\tSupported\nF:\t${file}\n\n`;
  const maintainers =
    section('ONE', 'Max <max@own.test>', 'f1') +
    section('OTHER', 'Oto <oto@own.test>', 'g') +
    section('THE REST', 'Rob <rob@own.test>', '*');
  const people = JSON.stringify({ maintainers, conf: '', mailmap: '', folders: [] });
  await one.bot.store.transaction((tx) =>
    saveBranch(tx, { project: 'list', name: 'main', tip: 'a'.repeat(40), people }, 1),
  );
  await one.arrive(patchMail(1));
  await one.arrive(ask('@patchloom hold', { from: 'Oto <oto@own.test>', dkim: 'own.test', id: '<o@x>' }));
  assert.deepEqual(await listWishes(one.bot.store.db), []);
  await one.arrive(ask('@patchloom hold', { from: 'Max <max@own.test>', dkim: 'own.test', id: '<m@x>' }));
  assert.deepEqual(
    (await listWishes(one.bot.store.db)).map(({ by }) => by),
    ['max@own.test'],
  );
});

test('what was found out at the receipt of a copy is evidence as good as the word of our mail server', async (t) => {
  const one = await speakingBot(t);
  await one.arrive(patchMail(1));
  const verdicts = [
    'broken',
    'other lists.test',
    'pass evil.test',
    'none; signed mal@example.org',
    'none; no key of ann@example.org',
  ];
  for (const [at, verdict] of verdicts.entries())
    await one.arriveWith(verdict, ask('@patchloom hold', { dkim: null, id: `<bad${at}@x>` }));
  assert.deepEqual(await listWishes(one.bot.store.db), []);
  await one.arriveWith('pass example.org', ask('@patchloom hold', { dkim: null, id: '<good@x>' }));
  await one.arriveWith('broken; signed ann@example.org', ask('@patchloom ignore', { dkim: null, id: '<key@x>' }));
  assert.deepEqual(
    (await listWishes(one.bot.store.db)).map(({ kind }) => kind),
    ['hold', 'ignore'],
  );
});

test('a base is a name and nothing else, and becomes a job', async (t) => {
  const one = await speakingBot(t, { git: GIT });
  await one.arrive(patchMail(1));
  for (const [at, name] of ['--upload-pack=x', '../x', 'a..b', 'x.lock', '$(id)'].entries())
    await one.arrive(ask(`@patchloom base ${name}`, { id: `<bad${at}@x>` }));
  assert.equal(
    (await one.said()).filter(({ message }) => message.text.includes('Not done: this is no name')).length,
    5,
  );
  const before = (await pendingJobs(one.bot.store.db)).find(({ kind }) => kind === 'mirror')?.count ?? 0;
  assert.equal(before, 1);
  await one.arrive(ask('@patchloom base staging-4.19', { id: '<good@x>' }));
  assert.equal((await one.said()).length, 5);
});
