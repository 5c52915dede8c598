import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ApiCase, apiCase } from '../helpers/api-case.ts';
import { runClient } from '../helpers/client.ts';
import { postedSeries, review } from '../helpers/posted.ts';
import { requires } from '../helpers/requires.ts';

type GitPw = (...args: string[]) => Promise<string>;

/** Debian's git-pw, set up as its user would, on a list with two series and a review. */
async function gitPw(t: TestContext, version: string): Promise<{ readonly its: ApiCase; readonly pw: GitPw }> {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'), review('x1-1'));
  await its.receive(...postedSeries(its.repo, 'y'));
  const settings = { 'pw.server': `${its.url}${version}`, 'pw.project': 'hello', 'pw.token': 'robot' };
  const person = { 'user.name': 'Carl', 'user.email': 'carl@example.org' };
  for (const [name, value] of Object.entries({ ...settings, ...person })) its.repo.git('config', name, value);
  const pw: GitPw = async (...args) => {
    const { code, out, err } = await runClient('git-pw', args, { cwd: its.repo.path, home: its.directory });
    assert.equal(code, 0, `git-pw ${args.join(' ')}: ${err}`);
    return out;
  };
  return { its, pw };
}

test('git-pw lists, shows, downloads and applies series', requires('git-pw'), async (t) => {
  const { its, pw } = await gitPw(t, '/api/1.2');
  assert.match(await pw('series', 'list', '-f', 'csv', 'make x'), /make x right/);
  const shown = await pw('series', 'show', '1');
  for (const words of ['2 of 2', '[0/2] make x right', '[2/2] a: x part 2', 'Ann Author (ann@example.org)'])
    assert.ok(shown.includes(words), words);
  const file = join(its.directory, 'series.mbox');
  await pw('series', 'download', '1', file);
  assert.match(readFileSync(file, 'utf8'), /^Reviewed-by: Rob Reviewer <rob@example.org>$/m);
  its.repo.git('checkout', '--quiet', '-B', 'try', 'main');
  await pw('series', 'apply', '1');
  assert.equal(its.repo.git('rev-list', '--count', 'main..try'), '2');
});

test('git-pw reads the oldest and the newest version of the API, too', requires('git-pw'), async (t) => {
  for (const version of ['/api/1.0', '/api']) {
    const { pw } = await gitPw(t, version);
    const all = (await pw('series', 'list', '-f', 'csv')).split('\n');
    assert.equal(all.filter((line) => /make [xy] right/.test(line)).length, 2, version);
  }
});

test('git-pw lists, shows, downloads, applies and updates patches', requires('git-pw'), async (t) => {
  const { its, pw } = await gitPw(t, '/api/1.2');
  const count = async (...args: string[]): Promise<number> =>
    (await pw('patch', 'list', '-f', 'csv', ...args)).split('\n').filter((line) => line.includes(' part ')).length;
  assert.equal(await count(), 4);
  assert.equal(await count('--state', 'new', '--submitter', 'ann@example.org'), 4);
  assert.equal(await count('part 2'), 2);
  assert.equal(await count('--archived'), 0);
  await pw('patch', 'update', '--state', 'under-review', '--delegate', 'mona', '--commit-ref', 'abc123', '2');
  const shown = await pw('patch', 'show', '2');
  for (const words of ['under-review', 'mona@example.org', 'abc123', '<x1-1@example.org>'])
    assert.ok(shown.includes(words), words);
  assert.equal(await count('--delegate', 'mona'), 1);
  assert.equal(await count('--state', 'new'), 3);
  assert.match(await pw('patch', 'download', '2', '-'), /^\+two of x v1 1$/m);
  its.repo.git('checkout', '--quiet', '-B', 'try', 'main');
  await pw('patch', 'apply', '3');
  assert.equal(its.repo.git('rev-list', '--count', 'main..try'), '2', 'with the one before it');
});

test('git-pw keeps bundles', requires('git-pw'), async (t) => {
  const { its, pw } = await gitPw(t, '/api/1.2');
  await pw('bundle', 'create', 'mine', '2', '3');
  assert.match(await pw('bundle', 'list'), /mine +\| robot/);
  await pw('bundle', 'add', 'mine', '6');
  await pw('bundle', 'remove', '1', '6');
  await pw('bundle', 'update', '--public', '1');
  assert.match(await pw('bundle', 'show', 'mine'), /\[2\/2\] a: x part 2/);
  its.repo.git('checkout', '--quiet', '-B', 'try', 'main');
  await pw('bundle', 'apply', '1');
  assert.equal(its.repo.git('rev-list', '--count', 'main..try'), '2');
  await pw('bundle', 'delete', '1');
  assert.doesNotMatch(await pw('bundle', 'list'), /mine/);
});
