import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cli, startCli } from '../helpers/cli.ts';
import { corpusPath, requiresCorpus } from '../helpers/corpus.ts';
import { rawMail } from '../helpers/mail.ts';
import { madeMbox } from '../helpers/made-list.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const postmark = 'From x Thu Jan  1 00:00:00 2026\n';

test('an import that is killed ten times at any moment ends in the state of one that was not', async (t) => {
  const directory = tempDir(t);
  const mbox = join(directory, 'list.mbox');
  writeFileSync(mbox, madeMbox(300));
  const calm = join(directory, 'calm');
  const killed = join(directory, 'killed');
  const started = performance.now();
  assert.equal((await cli('import', mbox, '--data', calm, '--quiet')).code, 0);
  const whole = performance.now() - started;
  let interrupted = 0;
  for (let round = 0; round < 10; round += 1) {
    const child = startCli(['import', mbox, '--data', killed, '--quiet']);
    child.stdout?.resume();
    child.stderr?.resume();
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    await Promise.race([sleep(200 + Math.random() * whole), ended]);
    child.kill('SIGKILL');
    if ((await ended)[1] === 'SIGKILL') interrupted += 1;
  }
  assert.ok(interrupted > 0, 'at least one kill met a running import');
  assert.equal((await cli('import', mbox, '--data', killed, '--quiet')).code, 0);
  const states = await Promise.all([calm, killed].map((data) => cli('series', '--json', '--data', data)));
  assert.equal(states[0]?.out.split('\n').length, 301);
  assert.equal(states[1]?.out, states[0]?.out);
});

test('a second import of the same mails adds nothing', async (t) => {
  const directory = tempDir(t);
  const mbox = join(directory, 'list.mbox');
  const other = join(directory, 'copy.mbox');
  writeFileSync(mbox, madeMbox(5));
  writeFileSync(other, madeMbox(5));
  const data = join(directory, 'data');
  const first = JSON.parse((await cli('import', mbox, '--data', data, '--json')).out) as { added: number };
  const again = JSON.parse((await cli('import', mbox, other, '--data', data, '--json')).out) as { added: number };
  assert.deepEqual([first.added, again.added], [35, 0]);
});

test(
  'a year of a real list is imported in less than 400 MB of memory',
  requiresCorpus('ltp/ltp-2024.mbox.gz'),
  async (t) => {
    const data = join(tempDir(t), 'data');
    const child = startCli(['import', corpusPath('ltp/ltp-2024.mbox.gz'), '--data', data, '--json']);
    let out = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    let peak = 0;
    const watch = setInterval(() => {
      const status = existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, 'utf8') : '';
      peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0));
    }, 50);
    const [code] = (await once(child, 'close')) as [number | null];
    clearInterval(watch);
    assert.equal(code, 0);
    assert.equal((JSON.parse(out) as { added: number }).added, 4921);
    assert.ok(peak > 0 && peak < 400 * 1024, `${peak} kB`);
  },
);

test('odd mails are kept, each ends somewhere, and the rest goes on', async (t) => {
  const directory = tempDir(t);
  const huge = 52_000_000;
  const mails: Record<string, Buffer> = {
    huge: rawMail({ 'Message-ID': '<huge@x>' }, `${'x'.repeat(999)}\n`.repeat(huge / 1000)),
    'no id': rawMail({ 'Message-ID': null, Subject: 'no id' }),
    'no date': rawMail({ 'Message-ID': '<nodate@x>', Date: null }),
    charset: rawMail({ 'Message-ID': '<charset@x>', 'Content-Type': 'text/plain; charset=y' }, 'caf\u00e9\n'),
    nul: rawMail({ 'Message-ID': '<nul@x>', Subject: 'with \0 inside' }, 'a\0b\n'),
    whole: rawMail({ 'Message-ID': '<whole@x>' }, 'the rest goes on\n'),
  };
  const mbox = join(directory, 'odd.mbox');
  const parts = Object.values(mails).flatMap((mail) => [Buffer.from(postmark), mail, Buffer.from('\n')]);
  // Cut off inside of the last mail.
  writeFileSync(mbox, Buffer.concat([...parts, Buffer.from(`${postmark}Message-ID: <cut@x>\nSubject: cut o`)]));
  assert.ok(statSync(mbox).size > huge);
  const data = join(directory, 'data');
  const run = await cli('import', mbox, '--data', data, '--json');
  assert.equal(run.code, 0);
  assert.doesNotMatch(run.err, /^\s+at /m, 'no stack trace');
  assert.equal((JSON.parse(run.out) as { added: number }).added, 7);
  for (const [id, kind] of Object.entries({ huge: 'broken', nodate: 'broken', charset: 'broken', cut: 'other' })) {
    const shown = JSON.parse((await cli('show', `<${id}@x>`, '--data', data, '--json')).out) as { kind: string };
    assert.equal(shown.kind, kind, id);
  }
  const told = await cli('show', '<huge@x>', '--data', data);
  assert.match(told.out, /52 MB is over limits.message_bytes/);
});

test('a source that is not there or is no mail is one clear line with what to do, and the others are read', async (t) => {
  const directory = tempDir(t);
  const mbox = join(directory, 'list.mbox');
  writeFileSync(mbox, madeMbox(1));
  const none = join(directory, 'none');
  const run = await cli('import', none, mbox, '--data', join(directory, 'data'), '--json');
  assert.equal(run.code, 1);
  assert.equal(run.err, `patchloom: ${none}: no such file or directory (SOURCE_MISSING: check the path)\n`);
  assert.equal((JSON.parse(run.out) as { added: number }).added, 7);
});

test('where no source can be opened each has its line, nothing is summed up, and no data directory is made', async (t) => {
  const directory = tempDir(t);
  const data = join(directory, 'data');
  const none = join(directory, 'none');
  const run = await cli('import', none, directory, '--data', data);
  assert.deepEqual([run.code, run.out, existsSync(data)], [1, '', false]);
  const [missing, folder, end] = run.err.split('\n');
  assert.equal(missing, `patchloom: ${none}: no such file or directory (SOURCE_MISSING: check the path)`);
  assert.match(folder ?? '', /: is a directory, but neither a Maildir .* \(SOURCE_UNREADABLE: give an mbox file/);
  assert.equal(end, '');
});

test('two Maildirs of one name are two sources: none of their mail is skipped', async (t) => {
  const directory = tempDir(t);
  const data = join(directory, 'data');
  const boxes = ['ann', 'bob'].map((user) => join(directory, user, 'Maildir'));
  // Bob's mail is older than Ann's, which is read first.
  for (const box of boxes.toReversed()) {
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(box, part), { recursive: true });
    writeFileSync(join(box, 'new', '1.host'), `Message-ID: <${box}@made.example>\n\nhello\n`);
    await sleep(30);
  }
  for (const box of boxes) assert.match((await cli('import', box, '--data', data, '--json')).out, /"added":1/);
});
