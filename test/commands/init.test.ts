import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../config/loader.ts';
import { cli, cliAsked } from '../helpers/cli.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { madeMbox } from '../helpers/made-list.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test('the written file passes the doctor', async (t) => {
  const directory = tempDir(t);
  const file = join(directory, 'patchloom.yaml');
  await using repo = await gitRepo();
  repo.commit({ 'a.c': 'int a;\n' }, 'first');
  writeFileSync(join(directory, 'list.mbox'), madeMbox(3));
  const project = ['--name', 'demo', '--list', 'list@made.example', '--upstream', repo.bare(), '--branch', 'main'];
  const mail = ['--source', `mbox:${join(directory, 'list.mbox')}`, '--bot', 'bot@made.example'];
  const made = await cli('init', file, ...project, ...mail);
  assert.deepEqual([made.code, made.out], [0, `${file}\n`], made.err);
  assert.match(made.err, /^next: patchloom doctor --config .*, then patchloom serve/m);
  const doctor = await cli('doctor', '--config', file);
  assert.equal(doctor.code, 0, doctor.out);
  assert.doesNotMatch(doctor.out, /^FAIL/m);
  assert.match(doctor.out, /^ok {4}git demo /m);
  assert.equal(loadConfig(file, {}).projects[0]?.mode, 'shadow');
});

test('a person is asked, again where the answer is wrong, and with the reason', async (t) => {
  const file = join(tempDir(t), 'own.yaml');
  const said = ['', 'my project', 'mine', 'list@example.org', '', '', '', 'bot@example.org', '', ''];
  const asked: string[] = [];
  const ask = async (question: string): Promise<string> => {
    asked.push(question);
    return said[asked.length - 1] ?? '';
  };
  const { code, err } = await cliAsked(ask, 'init', file);
  assert.equal(code, 0, err);
  assert.equal(asked.length, said.length);
  assert.match(asked[2] ?? '', /^ {2}\(small letters, digits and "-"\)\n/);
  const [project] = loadConfig(file, {}).projects;
  assert.deepEqual([project?.name, project?.lists, project?.git], ['mine', ['list@example.org'], null]);
});

test('a preset asks nothing that it knows', async (t) => {
  const file = join(tempDir(t), 'xen.yaml');
  const made = await cli(
    'init',
    file,
    '--preset',
    'xen',
    '--bot',
    'bot@example.org',
    '--source',
    'imap://bot@imap.example.org',
  );
  assert.equal(made.code, 0, made.err);
  assert.match(made.err, /still to do: .*IMAP_PASSWORD is not set/);
  const config = loadConfig(file, { IMAP_PASSWORD: 'x' });
  assert.ok(config.projects.some(({ name }) => name === 'mini-os'));
  assert.deepEqual(
    config.sources.map(({ name, kind }) => [name, kind]),
    [['list', 'imap']],
  );
});

test('without a person, a missing answer is named by its option', async (t) => {
  const { code, err } = await cli('init', join(tempDir(t), 'a.yaml'), '--name', 'demo');
  assert.equal(code, 2);
  assert.match(err, /^patchloom: init: --list is needed: Address of its mailing list /);
});

test('an answer is a value of the file and never a setting', async (t) => {
  const directory = tempDir(t);
  const given = ['--name', 'demo', '--list', 'l@example.org', '--bot', 'b@example.org'];
  const twoLines = await cli('init', join(directory, 'a.yaml'), ...given, '--data', './d"\nlog: {level: silent}');
  assert.deepEqual([twoLines.code, existsSync(join(directory, 'a.yaml'))], [2, false]);
  const file = join(directory, 'b.yaml');
  const odd = await cli('init', file, ...given, '--data', './"d: {e}" # f');
  assert.equal(odd.code, 0, odd.err);
  assert.equal(loadConfig(file, {}).data, join(directory, '"d: {e}" # f'));
});

test('a file that is there is left as it is', async (t) => {
  const file = join(tempDir(t), 'a.yaml');
  writeFileSync(file, 'mine\n');
  const { code, err } = await cli('init', file, '--preset', 'xen', '--bot', 'b@example.org');
  assert.equal(code, 2);
  assert.match(err, /is there already and is left as it is/);
  assert.equal(readFileSync(file, 'utf8'), 'mine\n');
});
