import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiCase, ROBOT } from '../helpers/api-case.ts';
import { postedSeries } from '../helpers/posted.ts';

/** What the three programs read of a series or patch. */
interface Row {
  readonly id: number;
  readonly state: string;
  readonly check: string;
  readonly patches: readonly { readonly id: number }[];
}

const HEADERS = { Authorization: `Token ${ROBOT}` };

test('nipa: events since a time lead to whole series, checks come as a form with a user, and a state is set', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'apple'));
  const query = 'project=1&since=2020-01-01T00:00:00&order=date&category=series-completed&';
  const events = await its.json<readonly { payload: { series: { id: number } } }[]>(`/api/1.1/events/?${query}`);
  assert.equal(events.length, 1);
  const series = await its.json<Row>(`/api/1.1/series/${events[0]?.payload.series.id}/`);
  const [patch] = series.patches;
  assert.equal(
    (await its.json<readonly Row[]>('/api/1.1/patches/?project=1&state=1&state=2&archived=false&')).length,
    2,
  );
  const check = { user: '1', state: 'success', target_url: 'https://ci.test/1', context: 'build', description: 'ok' };
  const path = `${its.url}/api/1.1/patches/${patch?.id}/`;
  const posted = await fetch(`${path}checks/`, { method: 'POST', headers: HEADERS, body: new URLSearchParams(check) });
  assert.equal(posted.status, 201);
  const body = new URLSearchParams({ state: 'changes-requested' });
  const set = await fetch(path, { method: 'PATCH', headers: HEADERS, body });
  assert.equal(((await set.json()) as Row).state, 'changes-requested');
});

test('KPD: states that nobody knows are passed over, series are found by subject, and the newest check of a context by its name', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'apple'));
  const states = [1, 2, 5, 7, 13, 15].map((state) => `state=${state}`).join('&');
  const asked = `/api/1.2/patches/?archived=False&${states}&since=1999-07-11T00:00:00&project=1`;
  const [patch, ...others] = await its.json<readonly Row[]>(asked);
  assert.equal(others.length, 1);
  const found = await its.json<readonly Row[]>('/api/1.2/series/?q=make+apple+right');
  assert.equal(found.length, 1);
  const checks = `/api/1.2/patches/${patch?.id}/checks/`;
  for (const state of ['pending', 'fail']) {
    const body = new URLSearchParams({ context: 'vm-test', target_url: 'https://ci.test/2', description: '', state });
    await fetch(its.url + checks, { method: 'POST', headers: HEADERS, body });
  }
  const newest = await its.json<readonly Row[]>(`${checks}?context=vm-test&order=-date&per_page=1`);
  assert.deepEqual(
    newest.map(({ state }) => state),
    ['fail'],
  );
});

test('snowpatch: paths without a last slash, the newest series of a project by name, and a check as JSON', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'apple'), ...postedSeries(its.repo, 'pear'));
  assert.equal((await fetch(`${its.url}/api/1.2`)).status, 200);
  const list = await its.json<readonly Row[]>('/api/1.2/series?order=-id&per_page=1&project=hello');
  assert.equal(list.length, 1);
  const patch = (await its.json<Row>(`/api/1.2/series/${list[0]?.id}`)).patches.at(-1);
  const body = JSON.stringify({ state: 'warning', target_url: null, description: 'w', context: 'snow' });
  const headers = { ...HEADERS, 'Content-Type': 'application/json' };
  const path = `${its.url}/api/1.2/patches/${patch?.id}/checks/`;
  assert.equal((await fetch(path, { method: 'POST', headers, body })).status, 201);
  assert.equal((await its.json<Row>(`/api/1.2/patches/${patch?.id}`)).check, 'warning');
});
