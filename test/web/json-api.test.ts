import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { ROOT } from '../../src/root.ts';
import { change, fault, message, project, series } from '../../src/web/v1/schema.ts';
import { apiCase } from '../helpers/api-case.ts';
import { cli } from '../helpers/cli.ts';
import { postedSeries, review } from '../helpers/posted.ts';

test('every answer is what the description says, and what the command line prints', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'), review('x1-1'));
  await its.receive(...postedSeries(its.repo, 'x', 2));
  await its.send('PATCH', '/api/patches/2/', { state: 'deferred' });
  for (const one of await its.json<readonly unknown[]>('/api/v1/projects')) project.parse(one);
  const all = await its.json<readonly { change: string }[]>('/api/v1/series');
  assert.equal(all.length, 2);
  for (const one of all) series.parse(one);
  const file = join(its.directory, 'patchloom.yaml');
  const printed = (await cli('series', '--json', '--config', file)).out.trimEnd().split('\n');
  assert.deepEqual(
    printed.map((line): unknown => JSON.parse(line)),
    all,
  );
  const name = all[0]?.change ?? '';
  const shown = await its.json(`/api/v1/changes/${name}`);
  change.parse(shown);
  assert.deepEqual(JSON.parse((await cli('show', name, '--json', '--config', file)).out), shown);
  for (const id of ['x1-1@example.org', '%3Cr-x1-1@example.org%3E'])
    message.parse(await its.json(`/api/v1/messages/${id}`));
  for (const path of ['/api/v1/changes/none', '/api/v1/messages/none', '/api/v1/none'])
    fault.parse(await its.json(path, 404));
  fault.parse(await its.json('/api/v1/series?limit=0', 400));
  fault.parse(await its.json('/api/v1/changes/x?project=none', 400));
});

test('the description names every path, and the documentation does, too', async (t) => {
  const its = await apiCase(t);
  const { paths } = await its.json<{ readonly paths: Readonly<Record<string, object>> }>('/api/v1/openapi.json');
  const documentation = readFileSync(join(ROOT, 'docs/api.md'), 'utf8');
  for (const [path, methods] of Object.entries(paths)) {
    assert.ok(documentation.includes(path.replaceAll(/\{(\w+)\}/g, (_, word: string) => word.toUpperCase())), path);
    const answer = await fetch(its.url + path.replaceAll(/\{\w+\}/g, 'x'), { method: 'HEAD' });
    assert.ok(('get' in methods ? [200, 404] : [405]).includes(answer.status), path);
  }
});

test('scripts of other sites may read it, and nothing else', async (t) => {
  const its = await apiCase(t);
  const origin = { Origin: 'https://other.example' };
  const read = await fetch(`${its.url}/api/v1/series`, { headers: origin });
  assert.equal(read.headers.get('Access-Control-Allow-Origin'), '*');
  assert.equal(read.headers.get('Access-Control-Allow-Credentials'), null);
  const asked = await fetch(`${its.url}/api/checks`, {
    method: 'OPTIONS',
    headers: { ...origin, 'Access-Control-Request-Method': 'POST' },
  });
  assert.equal(asked.headers.get('Access-Control-Allow-Methods'), null);
  for (const path of ['/api/patches/', '/series', '/all/'])
    assert.equal(
      (await fetch(its.url + path, { headers: origin })).headers.get('Access-Control-Allow-Origin'),
      null,
      path,
    );
});

test('an answer that has not changed is not sent again, and a long one is sent packed', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'));
  const first = await fetch(`${its.url}/api/v1/series`);
  const tag = first.headers.get('ETag') ?? '';
  const again = async (): Promise<number> =>
    (await fetch(`${its.url}/api/v1/series`, { headers: { 'If-None-Match': tag } })).status;
  assert.equal(await again(), 304);
  await its.receive(review('x1-1'));
  assert.equal(await again(), 200);
  for (const path of ['/api/v1/series', '/api/1.2/patches/']) {
    const packed = await new Promise<Buffer>((resolve, reject) => {
      get(its.url + path, { headers: { 'Accept-Encoding': 'gzip' } }, (answer) => {
        assert.equal(answer.headers['content-encoding'], 'gzip', path);
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts)));
      }).on('error', reject);
    });
    assert.ok(Array.isArray(JSON.parse(gunzipSync(packed).toString())), path);
  }
});

test('who asks for the list where it was before is told where it is now', async (t) => {
  const its = await apiCase(t);
  const { error, now } = await its.json<{ error: string; now: string }>('/api/series?format=json&limit=2', 410);
  assert.equal(now, '/api/v1/series?format=json&limit=2');
  assert.match(error, /has moved: ask \/api\/v1\/series\?/);
  assert.deepEqual(await its.json(now), []);
  assert.deepEqual(await its.json('/api/series'), [], "Patchwork's clients leave the slash out, too");
});
