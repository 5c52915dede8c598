import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli.ts';
import { cli, startCli } from '../helpers/cli.ts';
import { madeMbox } from '../helpers/made-list.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test('a reader that closes the pipe early is no failure', async (t) => {
  const directory = tempDir(t);
  const mbox = join(directory, 'list.mbox');
  const data = join(directory, 'data');
  writeFileSync(mbox, madeMbox(300));
  await cli('import', mbox, '--data', data, '--quiet');
  const child = startCli(['series', '--json', '--data', data]);
  let err = '';
  child.stderr?.on('data', (text: Buffer) => {
    err += text.toString();
  });
  child.stdout?.once('data', () => child.stdout?.destroy());
  const [code] = (await once(child, 'close')) as [number | null];
  assert.deepEqual([code, err], [0, '']);
});

test('bad usage is one line and exit code 2', async () => {
  const unknown = await cli('improt');
  assert.deepEqual([unknown.code, unknown.out], [2, '']);
  assert.match(unknown.err, /^patchloom: there is no command "improt" .*\n$/);
  assert.equal((await cli('series', '--colour')).code, 2);
  assert.equal((await cli('show')).code, 2);
  const none = await cli('--json');
  assert.deepEqual([none.code, none.out], [2, '']);
  assert.match(none.err, /^patchloom: no command is given .*\n$/);
});

test('common options may stand before the command, and help and the version are where one looks for them', async (t) => {
  const data = join(tempDir(t), 'data');
  assert.match(
    (await cli('--data', data, 'series', '--json')).err,
    new RegExp(`^patchloom: ${data}: there is no data yet`),
  );
  for (const words of [
    ['help', 'series'],
    ['series', '--help'],
    ['--help', 'series'],
    ['--json', 'help', 'series'],
  ])
    assert.match((await cli(...words)).out, /^usage: patchloom series /, words.join(' '));
  assert.match((await cli('--version')).out, /^patchloom \d+\.\d+\.\d+\n$/);
  assert.match((await cli('help')).out, /\nusage: patchloom COMMAND /);
  assert.match((await cli('help', 'improt')).err, /there is no command "improt"/);
});

test('the help of a command names every option that it takes', async () => {
  for (const [name, load] of COMMANDS) {
    const { out } = await cli('help', name);
    for (const [option, { short }] of Object.entries((await load()).options ?? {}))
      assert.match(out, new RegExp(`(?:--${option}|-${short ?? '-'})\\b`), `${name} --${option}`);
  }
});

test('a change is found by its name, the beginning of it, its digits and any of its mails', async (t) => {
  const directory = tempDir(t);
  const mbox = join(directory, 'list.mbox');
  const data = join(directory, 'data');
  writeFileSync(mbox, madeMbox(2));
  await cli('import', mbox, '--data', data, '--quiet');
  const lines = (await cli('series', '--json', '--data', data)).out.trim().split('\n');
  const change = (JSON.parse(lines[0] ?? '') as { change: string }).change;
  assert.match(change, /^part-0-of-work-1-[0-9a-f]{8}$/);
  const words = [change, 'part-0-of-work-1', change.slice(-8), '<s1-2@made.example>', 's1-0@made.example'];
  for (const word of words) {
    const shown = await cli('show', word, '--data', data);
    assert.match(shown.out, new RegExp(`^${change} of list`, 'm'), word);
  }
  const patch = JSON.parse((await cli('show', '<s1-2@made.example>', '--data', data, '--json')).out) as Record<
    string,
    unknown
  >;
  assert.deepEqual([patch['kind'], patch['change']], ['patch', change], 'the mail and its change in one object');
  assert.equal((await cli('show', 'part-0-of', '--data', data)).code, 1, 'two changes begin so');
});
