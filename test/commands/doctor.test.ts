import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { cli } from '../helpers/cli.ts';
import { startDovecot } from '../helpers/dovecot.ts';
import { startExim } from '../helpers/exim.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { fakeGithub } from '../github/fake-github.ts';
import { fakeGitlab } from '../gitlab/fake-gitlab.ts';
import { requires } from '../helpers/requires.ts';
import { freePort } from '../helpers/server.ts';
import { tempDir } from '../helpers/temp-dir.ts';

interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'warning' | 'fail';
  readonly detail: string;
}

async function examine(t: TestContext, yaml: string): Promise<{ code: number; findings: Map<string, Finding> }> {
  const directory = tempDir(t);
  const file = join(directory, 'patchloom.yaml');
  mkdirSync(join(directory, 'data'));
  writeFileSync(file, `data: ${join(directory, 'data')}\nbot: {name: bot, email: bot@example.org}\n${yaml}`);
  const { code, out, err } = await cli('doctor', '--config', file, '--json');
  assert.equal(err, '');
  const lines = out.trim().split('\n');
  return { code, findings: new Map(lines.map((line) => JSON.parse(line) as Finding).map((one) => [one.what, one])) };
}

test('a config with a typo names file, line, field and what is allowed', async (t) => {
  const file = join(tempDir(t), 'patchloom.yaml');
  writeFileSync(file, 'bot: {name: bot, email: bot@example.org}\nprojects:\n  demo:\n    fallbak: true\n');
  const { code, err, out } = await cli('doctor', '--config', file);
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /patchloom\.yaml:4\b.*fallbak.*fallback/s);
});

test('a repository that is not there is found, with what to do', requires('git'), async (t) => {
  const none = join(tempDir(t), 'none.git');
  const { code, findings } = await examine(
    t,
    `projects:\n  demo:\n    fallback: true\n    git: {upstream: ${none}, branch: main}\n`,
  );
  assert.equal(code, 1);
  assert.equal(findings.get('git demo')?.state, 'fail');
  assert.match(findings.get('git demo')?.detail ?? '', /none\.git.*GIT_UNREACHABLE: check/s);
});

test('a branch that is not there is found', async (t) => {
  await using repo = await gitRepo();
  repo.commit({ 'a.c': 'int a;\n' }, 'first');
  const yaml = `projects:\n  demo:\n    fallback: true\n    git: {upstream: ${repo.bare()}, branch: stagign}\n`;
  const { findings } = await examine(t, yaml);
  assert.match(findings.get('git demo')?.detail ?? '', /stagign.*GIT_REF_MISSING/s);
});

test('a store that everybody on the machine can read, as earlier versions made it, is noted', async (t) => {
  const directory = tempDir(t);
  const file = join(directory, 'patchloom.yaml');
  writeFileSync(file, 'data: .\nbot: {name: bot, email: bot@example.org}\nprojects: {demo: {fallback: true}}\n');
  chmodSync(directory, 0o755);
  const told = async (): Promise<string> => (await cli('doctor', '--config', file)).out;
  assert.match(await told(), /^ok {4}store/m);
  chmodSync(join(directory, 'patchloom.db'), 0o644);
  assert.match(await told(), /^note {2}store .*everybody on this machine can read it.*chmod 600 \S+patchloom\.db\*$/m);
});

test('a wrong IMAP password and a server that is not there are found', requires('dovecot'), async (t) => {
  await using dovecot = await startDovecot();
  const imap = (port: number, password: string): string =>
    `imap: {host: 127.0.0.1, port: ${port}, tls: false, user: bot, password: {file: ${password}}}`;
  const directory = tempDir(t);
  writeFileSync(join(directory, 'good'), `${dovecot.password}\n`);
  writeFileSync(join(directory, 'bad'), 'wrong\n');
  const { code, findings } = await examine(
    t,
    `sources:
  - {name: good, ${imap(dovecot.port, join(directory, 'good'))}}
  - {name: bad, ${imap(dovecot.port, join(directory, 'bad'))}}
  - {name: gone, ${imap(await freePort(), join(directory, 'good'))}}
projects: {demo: {fallback: true}}
`,
  );
  assert.equal(code, 1);
  assert.deepEqual(
    ['good', 'bad', 'gone'].map((name) => findings.get(`source ${name}`)?.state),
    ['ok', 'fail', 'fail'],
  );
  assert.match(findings.get('source bad')?.detail ?? '', /IMAP_AUTH/);
  assert.match(findings.get('source gone')?.detail ?? '', /IMAP_UNREACHABLE/);
});

test('an SMTP server that refuses the password is found', requires('exim4'), async (t) => {
  await using exim = await startExim();
  const password = join(tempDir(t), 'password');
  const yaml = (): string =>
    `smtp: {host: 127.0.0.1, port: ${exim.port}, security: none, user: bot, password: {file: ${password}}}\nprojects: {demo: {fallback: true}}\n`;
  writeFileSync(password, 'wrong\n');
  assert.match((await examine(t, yaml())).findings.get('smtp')?.detail ?? '', /SMTP_AUTH/);
  writeFileSync(password, `${exim.password}\n`);
  assert.equal((await examine(t, yaml())).findings.get('smtp')?.state, 'ok');
});

test(
  'an App or token that the CI refuses, and a project that it does not show, are found',
  requires('git'),
  async (t) => {
    const [github, gitlab, directory] = [await fakeGithub(t), await fakeGitlab(t), tempDir(t)];
    await using repo = await gitRepo();
    repo.commit({ 'a.c': 'int a;\n' }, 'first');
    const git = `git: {upstream: ${repo.bare()}, branch: main}`;
    const look = async (key: string, token: string) => {
      const files = { key, token, hook: 'hook' };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), `${text}\n`);
      const { findings } = await examine(
        t,
        `web: {}
github: {api: "${github.api}", app_id: 12, private_key: {file: ${directory}/key}, webhook_secret: {file: ${directory}/hook}}
gitlab: {url: "${gitlab.url}", token: {file: ${directory}/token}, webhook_secret: {file: ${directory}/hook}}
projects:
  hub: {fallback: true, ${git}, build: {runner: {github: {repository: ann/ci, push: /srv/ci.git}}}}
  lab: {prefixes: [LAB], ${git}, build: {runner: {gitlab: {project: ann/sub/ci, push: /srv/ci.git}}}}
`,
      );
      return ['ci hub', 'ci lab'].map((what) => `${findings.get(what)?.state} ${findings.get(what)?.detail}`);
    };
    assert.deepEqual(await look(github.privateKey, gitlab.token), [
      'ok App 12 is installed on ann/ci, with the permissions that it needs',
      `ok ${gitlab.url} shows ann/sub/ci to the bot`,
    ]);
    const [hub = '', lab = ''] = await look('no key', 'wrong');
    assert.match(hub, /^fail .*ann\/ci/);
    assert.match(lab, /^fail .*CI_REFUSED/);
  },
);
