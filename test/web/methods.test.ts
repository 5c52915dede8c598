import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '../../src/web/v1/schema.ts';
import { testWeb } from '../helpers/web.ts';

test('a method that a path of the Patchwork API does not take is told as JSON, with those that it takes', async (t) => {
  const { app } = await testWeb(t);
  for (const [path, method, allow] of [
    ['/api/', 'DELETE', 'GET, HEAD, OPTIONS'],
    ['/api/1.2/', 'POST', 'GET, HEAD, OPTIONS'],
    ['/api/patches/', 'POST', 'GET, HEAD, OPTIONS'],
    ['/api/patches/7/', 'DELETE', 'GET, HEAD, PUT, PATCH, OPTIONS'],
    ['/api/1.2/patches/7/checks/', 'PUT', 'GET, HEAD, POST, OPTIONS'],
    ['/api/bundles/7/', 'POST', 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'],
    ['/api/1.0/series/7/', 'PROPFIND', 'GET, HEAD, OPTIONS'],
  ] as const) {
    const answer = await app.request(path, { method });
    assert.deepEqual([answer.status, answer.headers.get('Allow')], [405, allow], path);
    assert.deepEqual(await answer.json(), { detail: `Method "${method}" not allowed.` });
    const asked = await app.request(path, { method: 'OPTIONS' });
    assert.deepEqual([asked.status, asked.headers.get('Allow')], [200, allow], path);
    assert.deepEqual(((await asked.json()) as { readonly renders: unknown }).renders, ['application/json']);
  }
});

test('what is not there is not found by any method', async (t) => {
  const { app } = await testWeb(t);
  for (const path of ['/api/none/', '/api/1.9/patches/', '/api/patches/x/', '/api/1.2/patches/7/none/'])
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      const answer = await app.request(path, { method });
      assert.equal(answer.status, 404, `${method} ${path}`);
      assert.deepEqual(await answer.json(), { detail: 'Not found.' });
    }
});

test('what is written to a path without its last slash is led to the right one, and stays a write', async (t) => {
  const { app } = await testWeb(t);
  for (const [method, status] of [
    ['GET', 301],
    ['HEAD', 301],
    ['POST', 308],
    ['PATCH', 308],
  ] as const) {
    const answer = await app.request('/api/1.2/patches/7/checks?x=1', { method });
    assert.deepEqual([answer.status, answer.headers.get('Location')], [status, '/api/1.2/patches/7/checks/?x=1']);
  }
});

test('our own API says it in the form of its other faults', async (t) => {
  const { app } = await testWeb(t);
  for (const [path, method, allow] of [
    ['/api/v1/series', 'POST', 'GET, HEAD, OPTIONS'],
    ['/api/v1/', 'DELETE', 'GET, HEAD, OPTIONS'],
    ['/api/checks', 'GET', 'POST'],
    ['/api/checks', 'OPTIONS', 'POST'],
  ] as const) {
    const answer = await app.request(path, { method });
    assert.deepEqual([answer.status, answer.headers.get('Allow')], [405, allow], path);
    fault.parse(await answer.json());
  }
});
