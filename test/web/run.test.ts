import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keepFiles, openKept } from '../../src/ci/kept-files.ts';
import { LiveLog, liveFolder } from '../../src/ci/live-log.ts';
import { followLive, liveNow } from '../../src/ci/live-reader.ts';
import type { Check } from '../../src/ci/run.ts';
import { buildRunOf, moveRun, saveGate } from '../../src/store/build-runs.ts';
import { keptChecksOf, saveChecks } from '../../src/store/checks.ts';
import { replaceSeries } from '../../src/store/series.ts';
import type { RunFiles } from '../../src/web/options.ts';
import { assertSoundPage, textOf } from '../helpers/html.ts';
import { sampleCheck, sampleDisposition, sampleSeries, sampleTags, WAITING } from '../helpers/samples.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { NOW, testWeb } from '../helpers/web.ts';

const JOB = { name: 'build', run: 'make', paths: [], timeout: 60 };

/** A run of one series with the checks, whose files are really on disk. */
async function runCase(t: TestContext, checks: readonly Partial<Check>[], state: 'running' | 'ended' = 'ended') {
  const data = tempDir(t);
  const runs: RunFiles = {
    follow: (of, from, signal) => followLive(liveFolder(data, of), from, signal),
    now: (of, lines) => liveNow(liveFolder(data, of), lines),
    open: (path) => openKept(data, path),
  };
  const web = await testWeb(t, { runs });
  const series = sampleSeries('one', { posted: NOW });
  const of = { project: series.project, key: series.key };
  const dispositions = series.patches.map((patch) => sampleDisposition(patch.msgid, { series: series.msgid }));
  const [first] = series.patches;
  assert.ok(first);
  await web.store.transaction(async (tx) => {
    await replaceSeries(tx, 1, [{ series, tags: sampleTags(series.msgid), readiness: WAITING }], dispositions);
    await saveGate(tx, { ...of, author: 'a@example.org', run: true, reason: '1 tag, 1 needed', asked: false }, NOW);
    await moveRun(tx, of, state, NOW);
    const kept = checks.map((one) => ({
      check: { ...sampleCheck('build', { state: 'fail' }), patch: first.msgid, ...one },
      jobHash: 'h',
    }));
    await saveChecks(tx, of, kept, NOW);
  });
  const id = (await buildRunOf(web.store.db, of.project, of.key))?.id ?? 0;
  const check = async () => (await keptChecksOf(web.store.db, of.project, of.key))[0]?.id ?? 0;
  return {
    ...web,
    data,
    of,
    id,
    check,
    patch: { index: 1, msgid: first.msgid, commit: 'c', tree: 't' },
    change: series.change,
  };
}

test('the page of a run names what each patch has found, by file and line, and links its files', async (t) => {
  const findings = [
    { kind: 'error', file: 'xen/a.c', line: 7, text: "'x' <b>undeclared</b>", since: '<one-1@example.org>' },
    { kind: 'test', file: '', line: 0, text: 'net.ping: timed out', test: 'net.ping' },
  ] as const;
  const its = await runCase(t, [
    { findings, log: 'logs/0123456789abcdef/1-abc/log', artifacts: ['https://example.org/a.zip'] },
  ]);
  const page = await its.page(`/run/${its.id}`);
  assertSoundPage(page);
  assert.match(textOf(page), /xen\/a\.c:7 error: 'x' <b>undeclared<\/b>/);
  assert.match(textOf(page), /test: net\.ping: timed out/);
  assert.match(page, new RegExp(`href="/run/${its.id}/check/\\d+/log"`));
  assert.match(page, /href="https:\/\/example\.org\/a\.zip"/);
  assert.match(await its.page(`/change/${its.change}`), new RegExp(`href="/run/${its.id}"`));
  for (const path of ['/run/999', '/run/0x1', '/run/-1', `/run/${its.id}/check/999/log`, '/run/99999999999999999999'])
    await its.page(path, 404);
});

test('a run that goes on shows how far it is and what it says, and asks to be looked at again', async (t) => {
  const its = await runCase(t, [], 'running');
  const log = new LiveLog(liveFolder(its.data, its.of), 10_000);
  t.after(() => log.end());
  log.step({ patch: its.patch, job: 'build', done: 1, total: 4 });
  log.add(Buffer.from('CC <main>.o\n'));
  while ((await liveNow(liveFolder(its.data, its.of), 1))?.lines[0] !== 'CC <main>.o') await new Promise(setImmediate);
  const answer = await its.app.request(`/run/${its.id}`);
  assert.equal(answer.headers.get('refresh'), '5');
  const page = await answer.text();
  assertSoundPage(page);
  assert.match(textOf(page), /patch 1, job build; 1 of 4 checks done CC <main>\.o/);
});

test('the log is told as events with ids to go on from, and as text that grows, to its end', async (t) => {
  const its = await runCase(t, [], 'running');
  const log = new LiveLog(liveFolder(its.data, its.of), 10_000);
  const folder = liveFolder(its.data, its.of);
  log.step({ patch: its.patch, job: 'build', done: 0, total: 1 });
  log.add(Buffer.from('one\ntwo\n'));
  while ((await liveNow(folder, 2))?.lines[1] !== 'two') await new Promise(setImmediate);
  const ask = (headers: Record<string, string>) => its.app.request(`/run/${its.id}/log`, { headers });
  const events = await ask({ accept: 'text/event-stream' });
  const plain = await ask({});
  const [, id = ''] = /^id: (\d+:\d+)$/m.exec(await firstText(events)) ?? [];
  assert.match(id, /^\d+:8$/);
  const resumed = await ask({ accept: 'text/event-stream', 'last-event-id': id.replace(/8$/, '4') });
  assert.match(await firstText(resumed), /event: text\ndata: two\ndata: \nid: \d+:8/);
  await log.end();
  assert.equal(await plain.text(), '== patch 1, job build; 0 of 1 check done\none\ntwo\n== nothing runs any more\n');
  assert.deepEqual(
    [
      events.headers.get('content-type'),
      plain.headers.get('content-type'),
      plain.headers.get('x-content-type-options'),
    ],
    ['text/event-stream', 'text/plain; charset=utf-8', 'nosniff'],
  );
  assert.equal((await ask({ accept: 'text/event-stream' })).status, 200);
  assert.equal(await (await ask({ accept: 'text/event-stream' })).text(), 'event: end\ndata: \n\n');
});

test('too many followers are sent away, and room comes back as they go', async (t) => {
  const its = await runCase(t, [], 'running');
  const log = new LiveLog(liveFolder(its.data, its.of), 10_000);
  t.after(() => log.end());
  log.step({ patch: its.patch, job: 'build', done: 0, total: 1 });
  log.add(Buffer.from('x\n'));
  while ((await liveNow(liveFolder(its.data, its.of), 1))?.lines[0] !== 'x') await new Promise(setImmediate);
  const ask = async () => its.app.request(`/run/${its.id}/log`);
  const followers = await Promise.all(Array.from({ length: 64 }, ask));
  assert.equal((await ask()).status, 503);
  assert.equal((await its.app.request(`/run/${its.id}/log`, { method: 'HEAD' })).status, 200);
  for (const one of followers) await one.body?.cancel();
  for (let status = 503; status === 503; await new Promise(setImmediate)) status = (await ask()).status;
});

test('files of a check are shown as text or saved, and never run; what is gone is said to be gone', async (t) => {
  const its = await runCase(t, [{}]);
  const keep = keepFiles(its.data);
  const script = '<script>alert(1)</script>';
  const log = await keep(its.patch, JOB, 'log', script);
  const page = await keep(its.patch, JOB, 'out/../../ev"il\r\n.html', script);
  const check = {
    ...sampleCheck('build', { state: 'fail' }),
    patch: its.patch.msgid,
    log,
    artifacts: [page, 'https://ci.example/a'],
  };
  await its.store.transaction((tx) => saveChecks(tx, its.of, [{ check, jobHash: 'h' }], NOW));
  const ask = async (what: string, method = 'GET') =>
    its.app.request(`/run/${its.id}/check/${await its.check()}/${what}`, { method });
  const text = await ask('log');
  const file = await ask('artifact/0');
  for (const answer of [text, file]) {
    assert.equal(answer.headers.get('content-length'), `${script.length}`);
    assert.match(answer.headers.get('content-security-policy') ?? '', /^sandbox; default-src 'none'/);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(await answer.text(), script);
  }
  assert.equal(text.headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.equal(file.headers.get('content-type'), 'application/octet-stream');
  assert.equal(file.headers.get('content-disposition'), 'attachment; filename="ev_il__.html"');
  assert.equal(await (await ask('log', 'HEAD')).text(), '');
  assert.equal((await ask('artifact/1')).status, 404, 'what lies elsewhere is not fetched');
  await rm(join(its.data, log));
  assert.equal((await ask('log')).status, 410);
  for (const path of [
    '../secret',
    'logs/../../etc/passwd',
    '/etc/passwd',
    'logs/0123456789abcdef/1-a/..',
    'patchloom.db',
  ])
    await assert.rejects(openKept(its.data, path), { code: 'INTERNAL' });
  await writeFile(join(its.data, log), '');
});

/** What comes until the first text event is whole. */
async function firstText(answer: Response): Promise<string> {
  const reader = answer.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (!/event: text\n[^]*\n\n/.test(text)) {
    const part = await reader?.read();
    if (part === undefined || part.done) break;
    text += decoder.decode(part.value as Uint8Array, { stream: true });
  }
  await reader?.cancel();
  return text;
}
