import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import { RETIRED } from '../../config/retired.ts';
import { planOf } from '../../src/ci/plan.ts';
import { PatchloomError, exitCodeOf } from '../../src/util/errors.ts';

const directory = mkdtempSync(join(tmpdir(), 'patchloom-config-'));
after(() => rmSync(directory, { recursive: true }));
const file = join(directory, 'patchloom.yaml');

const SMALL = `bot: {email: bot@example.org}
projects:
  hello: {lists: [Hello@Lists.Example.org], fallback: true}
`;

function load(text: string, env: NodeJS.ProcessEnv = {}) {
  writeFileSync(file, text);
  return loadConfig(file, env);
}

/** The lines of the error, without the directory. */
function faults(text: string, env: NodeJS.ProcessEnv = {}, code = 'CONFIG_INVALID'): string[] {
  try {
    load(text, env);
  } catch (error) {
    assert.ok(error instanceof PatchloomError, String(error));
    assert.equal(error.code, code);
    assert.equal(exitCodeOf(error), 2);
    return error.message.replaceAll(`${directory}/`, '').split('\n');
  }
  assert.fail('no error');
}

test('a small file gets every default, and is frozen through and through', () => {
  const config = load(SMALL);
  assert.equal(config.data, join(directory, 'patchloom-data'));
  const { messageBytes, actWithinDays, builds } = config.limits;
  assert.deepEqual([messageBytes, actWithinDays, builds], [25_000_000, 14, null]);
  assert.equal(config.smtp, null);
  const [hello] = config.projects;
  assert.deepEqual(hello?.lists, ['hello@lists.example.org']);
  assert.equal(hello?.mode, 'shadow');
  assert.equal(hello?.build.gate, 'on-request');
  assert.equal(hello?.build.sandbox, 'bubblewrap');
  assert.ok(Object.isFrozen(hello?.build.jobs));
  assert.ok(Object.isFrozen(config.limits));
});

test('each preset loads by itself', () => {
  const xen = loadConfig(presetPath('xen'), {});
  assert.deepEqual(
    xen.projects.map(({ name, mode }) => `${name} ${mode}`),
    ['xen', 'mini-os', 'xtf', 'unikraft', 'livepatch-build-tools', 'osstest', 'imagebuilder'].map(
      (name) => `${name} shadow`,
    ),
  );
  assert.equal(xen.projects[0]?.git?.targetBranch, 'staging-{target}');
  assert.deepEqual(xen.projects[0]?.build.gate, { tags: 1 });
  const demo = loadConfig(presetPath('demo'), {}, { data: join(directory, 'd') });
  assert.equal(demo.projects[0]?.git?.upstream, join(directory, 'd/upstream.git'));
  assert.equal(demo.sources[0]?.kind === 'mbox' && demo.sources[0].path, join(directory, 'd/inbox.mbox'));
});

test('a file extends a preset: blocks are merged, lists replaced, a null project is taken out', () => {
  const config = load('extends: xen\nprojects:\n  xen: {mode: shadow, git: {publish: ./out.git}}\n  osstest: null\n');
  const xen = config.projects.find(({ name }) => name === 'xen');
  assert.deepEqual(xen?.git?.publish, [join(directory, 'out.git')]);
  assert.equal(xen?.git?.branch, 'staging');
  assert.equal(
    config.projects.some(({ name }) => name === 'osstest'),
    false,
  );
  assert.match(faults('extends: xne\n')[0] ?? '', /:1: extends: found "xne"; did you mean "xen"\?$/);
});

test('times and sizes are written with units, sources by their kind', () => {
  const config = load(
    `${SMALL}limits: {message_bytes: 2MiB}\nsources:\n  - maildir: {path: Maildir, poll: 5m}\n  - imap: {host: h, user: u, password: {env: P}}\n`,
    { P: 'secret' },
  );
  assert.equal(config.limits.messageBytes, 2 * 2 ** 20);
  assert.deepEqual(config.sources, [
    { kind: 'maildir', name: 'maildir:Maildir', path: join(directory, 'Maildir'), poll: 300 },
    {
      kind: 'imap',
      name: 'imap:h',
      host: 'h',
      port: 993,
      tls: true,
      user: 'u',
      password: 'secret',
      folders: ['INBOX'],
    },
  ]);
});

test('every fault is told at once, with its line, what was found and what is allowed', () => {
  const lines = faults(`bto: {email: bot@example.org}
bot: {emial: bot@example.org}
projects:
  hello:
    fallback: yes please
    mode: lvie
    git: {upstream: "ext::sh -c id", branch: "a..b"}
    build:
      jobs:
        - name: x
          timeout: soon
`);
  assert.deepEqual(lines, [
    'patchloom.yaml:1: bto: unknown key; did you mean "bot"?',
    'patchloom.yaml:2: bot.email: missing; give a mail address, such as patchloom@example.org',
    'patchloom.yaml:2: bot.emial: unknown key; did you mean "email"?',
    'patchloom.yaml:5: projects.hello.fallback: found "yes please"; allowed: true or false',
    'patchloom.yaml:6: projects.hello.mode: found "lvie"; allowed: shadow, moderate, live',
    'patchloom.yaml:7: projects.hello.git.upstream: found "ext::sh -c id"; allowed: a URL (https, ssh, git, file), user@host:path, or a path',
    'patchloom.yaml:7: projects.hello.git.branch: found "a..b"; allowed: a branch name',
    'patchloom.yaml:11: projects.hello.build.jobs[0].timeout: found "soon"; allowed: a time such as 30m',
  ]);
});

test('a literal password is refused and not repeated; a missing one is named', () => {
  const literal = faults(`${SMALL}smtp: {host: h, user: u, password: hunter2}\n`);
  assert.match(literal[0] ?? '', /:4: smtp\.password: a password must not stand in this file/);
  assert.doesNotMatch(literal.join(), /hunter2/);
  const missing = faults(
    `${SMALL}smtp: {host: h, user: u, password: {file: nowhere}}\nsources: [{imap: {host: h, user: u, password: {env: NOPE}}}]\n`,
    {},
    'SECRET_MISSING',
  );
  assert.deepEqual(missing, [
    'patchloom.yaml: sources[0].imap.password: the environment variable NOPE is not set',
    'patchloom.yaml: smtp.password: nowhere cannot be read or is empty',
  ]);
  writeFileSync(join(directory, 'pass'), 'from file\n');
  assert.equal(load(`${SMALL}smtp: {host: h, user: u, password: {file: pass}}\n`).smtp?.password, 'from file');
});

test('a compiler cache is not had without the sandbox that keeps it clean', () => {
  const build = (settings: string) =>
    `${SMALL}  cached: {lists: [c@lists.example.org], fallback: true, build: {cache: 1GiB${settings}}}\n`;
  assert.deepEqual(faults(build(', sandbox: none')), [
    'patchloom.yaml:4: projects.cached.build.cache: needs sandbox: bubblewrap; without it one series could spoil it for all',
  ]);
  assert.equal(load(build('')).projects[1]?.build.cache, 2 ** 30);
});

test('what fields must hold together is checked too', () => {
  const lines = faults(`bot: {email: bot@example.org}
sources:
  - {}
  - {imap: {host: far.example.org, tls: false, user: u, password: {env: P}}}
projects:
  a: {lists: [l@example.org], fallback: true, mode: live}
  b: {lists: [l@example.org], fallback: true, prefixes: [B], build: {jobs: [{name: x, run: y}, {name: x, run: z}]}}
  c: {lists: [l@example.org], prefixes: [b], git: {upstream: x, branch: m, target_branch: stable, hook: {env: P}, borrow: b}}
  D: {}
  e: {prefixes: [E], digest: {}}
`);
  assert.deepEqual(lines, [
    'patchloom.yaml:3: sources[0]: found none; allowed: exactly one of imap, mbox, maildir, public_inbox',
    'patchloom.yaml:4: sources[1].imap.tls: found false; allowed only for a host on this machine',
    'patchloom.yaml:6: projects.a.mode: found "live", which needs smtp; give smtp, or shadow',
    'patchloom.yaml:7: projects.b.build.jobs: found jobs, but no git to build from; give git',
    'patchloom.yaml:7: projects.b.build.jobs[1].name: "x" is the name of an earlier job; give each its own',
    'patchloom.yaml:7: projects.b.fallback: "a" is already the fallback of the same list; one project for each list',
    'patchloom.yaml:8: projects.c.git.target_branch: found "stable"; must hold {target}',
    'patchloom.yaml:8: projects.c.git.hook: found a secret, but no web server that could be told; give web',
    'patchloom.yaml:8: projects.c.git.borrow: found "b"; allowed: the name of another project with git, which borrows nothing itself',
    'patchloom.yaml:8: projects.c.prefixes: "b" already names "b" on the same list',
    'patchloom.yaml:9: projects.D: the name may hold small letters, digits, ".", "_" and "-", and starts with a letter or digit',
    'patchloom.yaml:9: projects.D: no mail can reach it; give prefixes, or fallback: true',
    'patchloom.yaml:10: projects.e.digest.to: nobody would get it; give to, or lists',
  ]);
});

test('a missing file and broken YAML are told in one line', () => {
  assert.throws(() => loadConfig(join(directory, 'none.yaml'), {}), { code: 'CONFIG_MISSING' });
  assert.match(faults('bot: {email: [\n')[0] ?? '', /^patchloom\.yaml:\d+: /);
  assert.match(
    faults('just words\n')[0] ?? '',
    /^patchloom\.yaml:1: file: found "just words"; allowed: a block with the keys extends/,
  );
  assert.match(faults('a: &a [1]\na: 2\n')[0] ?? '', /^patchloom\.yaml:2: Map keys must be unique/);
});

test('the data directory is that of the command line, then of the environment, then of the file', () => {
  writeFileSync(file, SMALL);
  assert.equal(loadConfig(file, { PATCHLOOM_DATA: '/srv/env' }).data, '/srv/env');
  assert.equal(loadConfig(file, { PATCHLOOM_DATA: '/srv/env' }, { data: '/srv/asked' }).data, '/srv/asked');
});

test("the example of the preset for Xen's GitLab loads, and its jobs follow what a series touches", () => {
  const preset = readFileSync(presetPath('xen'), 'utf8');
  const example = [...preset.matchAll(/^ {2}#\+ (.*)$/gm)].map(([, text]) => text).join('\n');
  const { projects } = load(`extends: xen\n${example}\n`, { GITLAB_TOKEN: 't', GITLAB_WEBHOOK_SECRET: 's' });
  const build = projects.find(({ name }) => name === 'xen')?.build;
  assert.equal(build?.runner.kind, 'gitlab');
  const names = (...paths: string[]) => planOf(build?.jobs ?? [], paths).map((job) => job.name);
  assert.deepEqual(names('tools/libs/light/libxl.c'), ['build-each-commit-gcc', 'opensuse-tumbleweed-clang']);
  assert.deepEqual(names('docs/man/xl.cfg.5.pod.in'), []);
  assert.ok(names('xen/common/sched/core.c').includes('debian-12-arm64-gcc'));
  assert.ok(!names('xen/arch/x86/mm.c').includes('debian-12-arm64-gcc'));
});

test('a link trailer goes to its own address, or to the archive', () => {
  const project = (git: string, more = '') =>
    `bot: {email: bot@example.org}\nprojects:\n  a: {fallback: true${more}, git: {upstream: /u, branch: main, ${git}}}\n`;
  const trailer = (text: string) => load(text).projects[0]?.git?.trailer;
  assert.deepEqual(trailer(project('strip: 0')), { kind: 'none' });
  assert.equal(load(project('strip: 0')).projects[0]?.git?.strip, 0);
  const archive = ', archive: "https://a.example.org/{msgid}/"';
  assert.deepEqual(trailer(project('trailer: link', archive)), { kind: 'link', url: 'https://a.example.org/{msgid}/' });
  const link = 'trailer: link, link: "https://b.example.org/{msgid}"';
  assert.deepEqual(trailer(project(link, archive)), { kind: 'link', url: 'https://b.example.org/{msgid}' });
  assert.match(faults(project('trailer: link')).join(), /git\.trailer: found "link", and nothing to link to/);
  assert.match(faults(project('link: "https://b.example.org/"')).join(), /git\.link: .*must hold \{msgid\}/);
});

test('addresses of web pages may be on any host, and hold no secret', () => {
  const at = (web: string, archive = 'https://a.example.org/{msgid}/') =>
    `${SMALL}  pages: {lists: [p@lists.example.org], fallback: true, archive: "${archive}"}\nweb: {url: "${web}"}\n`;
  for (const url of ['http://127.0.0.1:8080', 'http://[::1]:8080', 'http://localhost', 'https://p.example.org/patches'])
    for (const written of [url, `${url}/`]) assert.equal(load(at(written)).web?.url, url);
  assert.equal(
    load(at('http://[::1]', 'http://10.0.0.1/?m={msgid}')).projects.at(-1)?.archive,
    'http://10.0.0.1/?m={msgid}',
  );
  for (const url of [
    'ftp://a.example.org',
    'https://user:word@a.example.org',
    'https://a.example.org/?q=1',
    'a.example.org',
  ])
    assert.match(faults(at(url))[0] ?? '', /web\.url: found .*; allowed: an http or https URL/, url);
});

test('a key of an earlier version is refused with its new form', () => {
  const [fault] = faults(`${SMALL}web: {checks_token: {env: TOKEN}}\n`);
  assert.match(
    fault ?? '',
    /^patchloom\.yaml:4: web\.checks_token: this key has another form now: write web\.tokens: \[/,
  );
});

test('the new form that is told for every key of an earlier version is one that is taken', () => {
  for (const { path, now } of RETIRED) {
    const [key = ''] = path.split('.');
    const [, written = '', form = ''] = /^write (\S+): (.+?)(?:;|$)/.exec(now) ?? [];
    assert.ok(written.startsWith(`${key}.`), now);
    assert.notEqual(written, path);
    const yaml = form.replaceAll('sha256:…', `sha256:${'0'.repeat(64)}`);
    load(`${SMALL}${key}: {${written.slice(key.length + 1)}: ${yaml}}\n`);
  }
});

test('a block that holds itself, and a key that is a list, are refused in a line', () => {
  assert.match(faults('bot: &a [*a]\n')[0] ?? '', /^patchloom\.yaml:1: Error: an alias stands for a block around it/);
  assert.match(faults(`${SMALL}? [a]\n: b\n`)[0] ?? '', /^patchloom\.yaml:\d+: \[ a \]: unknown key/);
});
