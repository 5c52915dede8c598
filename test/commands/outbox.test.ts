import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import { openStore } from '../../src/store/open.ts';
import { decide, outgoingByMsgid } from '../../src/store/outbox.ts';
import { cli } from '../helpers/cli.ts';
import { sampleOutgoing } from '../helpers/samples.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test('a person looks at what waits, says yes or no, and stops all sending', async (t) => {
  const data = tempDir(t);
  const outbox = (...words: string[]) => cli('outbox', ...words, '--data', data);
  const store = await openStore({ directory: data });
  t.after(() => store.close());
  for (const name of ['a', 'b']) {
    const message = sampleOutgoing(`<${name}@bot>`);
    const of = { project: 'p', key: name, kind: 'conflict', outcome: 'conflict:1', mode: 'moderate' } as const;
    await store.transaction((tx) => decide(tx, { ...of, message }, 1));
  }
  const listed = await outbox('--state', 'waiting');
  assert.match(listed.out, /^waiting {2}conflict:1 +<a@bot> Re: \[PATCH\] lib: do it right\nwaiting .*<b@bot>/);
  assert.match((await outbox('show', 'a@bot')).out, /^Subject: Re: \[PATCH\] lib: do it right\r$/m);
  assert.equal((await outbox('approve', '<a@bot>')).code, 0);
  assert.equal((await outbox('approve', '<a@bot>')).code, 1, 'once');
  assert.equal((await outbox('reject', 'b@bot', 'too', 'rude')).code, 0);
  assert.equal((await outgoingByMsgid(store.db, '<a@bot>'))?.state, 'queued');
  assert.equal((await outgoingByMsgid(store.db, '<b@bot>'))?.error, 'too rude');
  const lines = (await outbox('list', '--json')).out.trim().split('\n');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { state: string }).state),
    ['queued', 'dropped'],
  );
  await outbox('stop');
  assert.ok(existsSync(join(data, 'STOP')));
  await outbox('go');
  assert.ok(!existsSync(join(data, 'STOP')));
  assert.equal((await outbox('burn')).code, 2);
  assert.equal((await outbox('list', '--state', 'odd')).code, 2);
  assert.equal((await outbox('show', 'none@bot')).code, 1);
});

test('an operator keeps somebody out who asked him, takes back what waits, and lets him in again', async (t) => {
  const data = tempDir(t);
  const outbox = (...words: string[]) => cli('outbox', ...words, '--data', data);
  const store = await openStore({ directory: data });
  t.after(() => store.close());
  const of = { key: 'a', kind: 'conflict', outcome: 'conflict:1', mode: 'moderate' } as const;
  const [name] = loadConfig(presetPath('default'), {}, { data }).projects.map((one) => one.name);
  await store.transaction((tx) => decide(tx, { ...of, project: name ?? '', message: sampleOutgoing('<a@bot>') }, 1));
  assert.equal((await outbox('opt-out', 'Ada@example.org')).code, 0);
  assert.equal((await outgoingByMsgid(store.db, '<a@bot>'))?.state, 'dropped');
  assert.match((await outbox('wishes')).out, /^opt-out +person +\S+ ada@example\.org \(by the operator/);
  assert.equal((await outbox('opt-in', 'ada@example.org')).code, 0);
  assert.equal((await outbox('wishes')).out, '');
  assert.equal((await outbox('opt-in', 'ada@example.org')).code, 1, 'there is none');
  assert.equal((await outbox('opt-out', 'nobody')).code, 1);
  assert.equal((await outbox('opt-out')).code, 2, 'a whole project has to be named');
});

test('an operator silences a whole project, and what waits there is taken back', async (t) => {
  const data = tempDir(t);
  const outbox = (...words: string[]) => cli('outbox', ...words, '--data', data, '--project', 'list');
  const store = await openStore({ directory: data });
  t.after(() => store.close());
  const of = { project: 'list', key: 'a', kind: 'conflict', outcome: 'conflict:1', mode: 'moderate' } as const;
  await store.transaction((tx) => decide(tx, { ...of, message: sampleOutgoing('<a@bot>') }, 1));
  assert.equal((await outbox('opt-out')).code, 0);
  assert.equal((await outgoingByMsgid(store.db, '<a@bot>'))?.state, 'dropped');
  assert.match((await outbox('wishes')).out, /^opt-out +project +list \*/);
  assert.equal((await outbox('opt-in')).code, 0);
  assert.equal((await outbox('wishes')).out, '');
});

test('what a person does to the outbox, to jobs and to a new configuration is told as JSON where asked', async (t) => {
  const data = tempDir(t);
  const told = async (...words: string[]) => JSON.parse((await cli(...words, '--json', '--data', data)).out) as object;
  const store = await openStore({ directory: data });
  t.after(() => store.close());
  const file = join(data, 'STOP');
  assert.deepEqual(await told('outbox', 'stop'), { stopped: true, file });
  assert.deepEqual(await told('outbox', 'go'), { stopped: false, file });
  assert.deepEqual(await told('outbox', 'approve', 'a@bot'), { msgid: '<a@bot>', approved: false });
  assert.deepEqual(await told('outbox', 'reject', 'a@bot'), { msgid: '<a@bot>', rejected: false });
  assert.deepEqual(await told('jobs', 'drop', '7'), { id: 7, action: 'drop', done: false });
  const made = join(data, 'new.yaml');
  const answers = ['--name', 'demo', '--list', 'dev@example.org', '--bot', 'bot@example.org'];
  assert.deepEqual(await told('init', made, ...answers), { file: made });
});
