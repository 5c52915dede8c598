import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rebuild } from '../../handlers/rebuild.ts';
import { patchworkSchemas } from '../../src/web/patchwork/schema.ts';
import { type ApiCase, apiCase } from '../helpers/api-case.ts';
import { postedSeries, review } from '../helpers/posted.ts';

interface Row {
  readonly id: number;
  readonly msgid: string;
  readonly name: string;
  readonly state: string;
  readonly date: string;
  readonly check: string;
  readonly tags: Readonly<Record<string, number>>;
  readonly commit_ref: string | null;
  readonly delegate: { readonly email: string } | null;
  readonly patches: readonly { readonly id: number }[];
}

const names = async (its: ApiCase, path: string): Promise<string[]> =>
  (await its.json<readonly Row[]>(path)).map(({ name }) => name);

test('every answer of every version is what the description says, no field more or less', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'), review('x1-1'), review('x1-0'));
  await its.send('POST', '/api/patches/2/checks/', {
    context: 'board',
    state: 'success',
    target_url: 'https://ci.example/1',
  });
  await its.send('POST', '/api/bundles/', { name: 'mine', patches: '2', public: 'true' });
  await its.send('PATCH', '/api/patches/2/', { state: 'under-review', delegate: 'mona@example.org' });
  for (const [base, minor] of [
    ['/api/1.0', 0],
    ['/api/1.1', 1],
    ['/api/1.2', 2],
    ['/api/1.3', 3],
    ['/api', 3],
  ] as const) {
    const schemas = patchworkSchemas(minor);
    for (const [path, schema] of [
      ['/projects/', schemas.project],
      ['/patches/', schemas.patch],
      ['/covers/', schemas.cover],
      ['/series/', schemas.series],
      ['/events/', schemas.event],
      ['/bundles/', schemas.bundle],
      ['/patches/2/comments/', schemas.comment],
      ['/covers/1/comments/', schemas.comment],
      ['/patches/2/checks/', schemas.check],
    ] as const) {
      const rows = await its.json<readonly unknown[]>(`${base}${path}`);
      assert.ok(rows.length > 0, `${base}${path} has something`);
      for (const row of rows) schema.parse(row);
    }
    schemas.patchDetail.parse(await its.json(`${base}/patches/2/`));
    schemas.coverDetail.parse(await its.json(`${base}/covers/1/`));
    schemas.series.parse(await its.json(`${base}/series/1/`));
    for (const [path, schema] of [
      ['/people/', schemas.person],
      ['/users/', schemas.user],
    ] as const) {
      const answer = await its.send('GET', `${base}${path}`, {});
      for (const row of (await answer.json()) as readonly unknown[]) schema.parse(row);
    }
    const described = await its.json<{ readonly info: { readonly version: string }; readonly paths: object }>(
      `${base}/openapi.json`,
    );
    assert.equal(described.info.version, `1.${minor}`);
    assert.ok('/patches/{id}/checks/' in described.paths);
  }
  assert.equal((await fetch(`${its.url}/api/1.9/patches/`)).status, 404);
});

test('a path without its last slash leads to the one with it, and keeps the query', async (t) => {
  const its = await apiCase(t);
  for (const [path, to] of [
    ['/api/1.2/patches?state=new&page=1', '/api/1.2/patches/?state=new&page=1'],
    ['/api/1.2', '/api/1.2/'],
    ['/api', '/api/'],
    ['/api/patches/2/checks', '/api/patches/2/checks/'],
  ] as const) {
    const answer = await fetch(its.url + path, { redirect: 'manual' });
    assert.deepEqual([answer.status, answer.headers.get('Location')], [301, to]);
  }
});

test('pages are linked with the next one first; a page beyond the end is not found', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'), ...postedSeries(its.repo, 'y'));
  const links = async (path: string): Promise<string[]> =>
    ((await fetch(its.url + path)).headers.get('Link') ?? '').split(', ').map((one) => one.replace(its.url, ''));
  assert.deepEqual(await links('/api/patches/?per_page=1&page=2'), [
    '</api/patches/?per_page=1&page=3>; rel="next"',
    '</api/patches/?per_page=1&page=1>; rel="prev"',
    '</api/patches/?per_page=1&page=1>; rel="first"',
    '</api/patches/?per_page=1&page=4>; rel="last"',
  ]);
  assert.deepEqual(await links('/api/patches/'), [''], 'one page needs no links');
  assert.deepEqual(await its.json('/api/patches/?page=2', 404), { detail: 'Invalid page.' });
  assert.deepEqual(await its.json('/api/patches/?page=x', 404), { detail: 'Invalid page.' });
  assert.equal((await its.json<unknown[]>('/api/patches/?per_page=100000')).length, 4);
});

test('lists are filtered as clients ask: by name, person, time, series, state, hash and Message-ID', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'), ...postedSeries(its.repo, 'y'));
  const [x1] =
    await its.json<readonly (Row & { hash: string; series: { id: number }[] })[]>('/api/patches/?q=x%20part%201');
  assert.ok(x1);
  assert.deepEqual(await names(its, '/api/patches/?q=X+PART'), ['[1/2] a: x part 1', '[2/2] a: x part 2']);
  assert.deepEqual(await names(its, `/api/patches/?series=${x1.series[0]?.id}&order=-id`), [
    '[2/2] a: x part 2',
    '[1/2] a: x part 1',
  ]);
  assert.deepEqual(
    await names(its, `/api/covers/?series=${x1.series[0]?.id}`),
    ['[0/2] make x right'],
    'which Patchwork cannot',
  );
  assert.deepEqual(await names(its, `/api/patches/?hash=${x1.hash}`), [x1.name]);
  assert.deepEqual(await names(its, '/api/patches/?msgid=x1-2@example.org&project=hello'), ['[2/2] a: x part 2']);
  assert.equal((await names(its, `/api/1.1/patches/?hash=${x1.hash}`)).length, 4, 'older versions do not know it');
  assert.equal((await names(its, '/api/patches/?submitter=ann@example.org&submitter=99')).length, 4);
  assert.equal((await names(its, '/api/patches/?submitter=nobody@example.org')).length, 0);
  assert.deepEqual(await names(its, '/api/patches/?since=2024-06-03T08:02:00&order=name'), [
    '[2/2] a: x part 2',
    '[2/2] a: y part 2',
  ]);
  assert.equal((await names(its, '/api/patches/?before=2024-06-03%2008:02:00')).length, 2);
  assert.equal((await names(its, '/api/patches/?since=yesterday')).length, 0, 'what cannot be read finds nothing');
  assert.equal(
    (await names(its, '/api/patches/?state=1,2,5,7,13,15&archived=False')).length,
    4,
    'unknown states are passed over',
  );
  assert.equal((await names(its, '/api/patches/?state=accepted')).length, 0);
  assert.equal((await names(its, '/api/patches/?project=nope')).length, 0);
  assert.equal((await names(its, '/api/patches/?archive=no&what=ever')).length, 4, 'unknown keys are passed over');
  assert.deepEqual(await names(its, '/api/series/?q=make+x&version=1'), ['make x right']);
});

test('tags that count are counted, also those of the cover', async (t) => {
  const its = await apiCase(t);
  await its.receive(
    ...postedSeries(its.repo, 'x'),
    review('x1-1'),
    review('x1-0', 'Acked-by: Rob Reviewer <rob@example.org>'),
  );
  const rows = await its.json<readonly Row[]>('/api/patches/');
  assert.deepEqual(
    rows.map(({ tags }) => tags),
    [{ 'Acked-by': 1, 'Reviewed-by': 1 }, { 'Acked-by': 1 }],
  );
});

test('numbers stay: when a cover or a patch comes late, when a later version comes, and through a rebuild', async (t) => {
  const its = await apiCase(t);
  const [cover, one, two] = postedSeries(its.repo, 'x');
  assert.ok(cover && one && two);
  await its.receive(two);
  const [held] = await its.json<readonly Row[]>('/api/series/');
  await its.receive(one);
  await its.receive(cover);
  await its.receive(...postedSeries(its.repo, 'x', 2), review('x2-1'));
  const all = async (): Promise<unknown> => [
    await its.json('/api/series/'),
    await its.json('/api/patches/'),
    await its.json('/api/covers/'),
    await its.json('/api/patches/2/comments/'),
  ];
  const before = await all();
  const series = await its.json<readonly (Row & { version: number })[]>('/api/series/');
  assert.deepEqual(
    series.map(({ id, version, patches }) => [id, version, patches.length]),
    [
      [held?.id, 1, 2],
      [2, 2, 2],
    ],
  );
  await rebuild(its.bot, () => {});
  assert.deepEqual(await all(), before);
});

test('a later version makes the patches of the earlier one superseded', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'));
  await its.receive(...postedSeries(its.repo, 'x', 2));
  const rows = await its.json<readonly Row[]>('/api/patches/?order=id');
  assert.deepEqual(
    rows.map(({ name, state }) => [name, state]),
    [
      ['[1/2] a: x part 1', 'superseded'],
      ['[2/2] a: x part 2', 'superseded'],
      ['[v2,1/2] a: x part 1', 'new'],
      ['[v2,2/2] a: x part 2', 'new'],
    ],
  );
  const events = await its.json<readonly { category: string; payload: object }[]>(
    '/api/events/?category=patch-state-changed',
  );
  assert.equal(events.length, 2);
  assert.partialDeepStrictEqual(events[0]?.payload, { previous_state: 'new', current_state: 'superseded' });
});

test('what a person sets of a patch is kept apart from what mail says: it outlives a rebuild and a later version', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'));
  const set = { state: 'under-review', delegate: 'mona@example.org', commit_ref: 'abc', archived: 'True' };
  assert.equal((await its.send('PATCH', '/api/1.2/patches/2/', set)).status, 200);
  const marked = async (): Promise<void> => {
    const { state, delegate, commit_ref: commit } = await its.json<Row>('/api/patches/2/');
    assert.deepEqual([state, delegate?.email, commit], ['under-review', 'mona@example.org', 'abc']);
    assert.deepEqual(await names(its, '/api/patches/?delegate=mona@example.org&archived=true&state=under-review'), [
      '[1/2] a: x part 1',
    ]);
  };
  await marked();
  await its.receive(...postedSeries(its.repo, 'x', 2));
  await rebuild(its.bot, () => {});
  await marked();
  const [view] = (await its.json<readonly { patches: readonly { mark: object | null }[] }[]>('/api/v1/series')).slice(
    1,
  );
  assert.partialDeepStrictEqual(view?.patches[0]?.mark, { state: 'under-review', archived: true, by: 'robot' });
  assert.equal(view?.patches[1]?.mark, null);
  const events =
    await its.json<readonly { category: string; actor: { username: string } | null }[]>('/api/events/?patch=2');
  assert.deepEqual(events.map(({ category, actor }) => [category, actor?.username]).slice(0, 2), [
    ['patch-delegated', 'robot'],
    ['patch-state-changed', 'robot'],
  ]);
  await its.send('PATCH', '/api/patches/2/', { state: 'new', delegate: '' });
  assert.equal((await its.json<Row>('/api/patches/2/')).delegate, null);
});

test('a check belongs to one patch, as a form, as JSON or as multipart; the worst of all is the state of the patch', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'));
  const url = `${its.url}/api/1.2/patches/2/checks/`;
  const headers = { Authorization: 'Token board' };
  assert.equal(
    (await its.send('POST', '/api/patches/2/checks/', { context: 'one', state: 'success', user: '7' })).status,
    201,
  );
  const json = JSON.stringify({ context: 'two', state: 'warning', description: 'a\nb' });
  assert.equal(
    (await fetch(url, { method: 'POST', body: json, headers: { ...headers, 'Content-Type': 'application/json' } }))
      .status,
    201,
  );
  const form = new FormData();
  form.set('context', 'three');
  form.set('state', 'pending');
  assert.equal((await fetch(url, { method: 'POST', body: form, headers })).status, 201);
  const checks =
    await its.json<readonly { context: string; state: string; user: { username: string } }[]>('/api/patches/2/checks/');
  assert.deepEqual(
    checks.map(({ context, state, user }) => [context, state, user.username]),
    [
      ['one', 'success', 'robot'],
      ['two', 'warning', 'board'],
      ['three', 'pending', 'board'],
    ],
  );
  assert.equal((await its.json<Row>('/api/patches/2/')).check, 'warning');
  assert.equal((await its.json<Row>('/api/patches/3/')).check, 'pending');
  assert.equal((await its.json<unknown[]>('/api/patches/2/checks/?context=two&order=-date&per_page=1')).length, 1);
  for (const wrong of [
    { context: 'a b', state: 'success' },
    { context: 'x' },
    { context: 'x', state: 'great' },
    { context: 'x', state: 'fail', target_url: 'javascript:1' },
  ])
    assert.equal((await its.send('POST', '/api/patches/2/checks/', wrong)).status, 400, JSON.stringify(wrong));
});

test('who writes needs a token with the right for it, and a wrong token is noticed also where only reading is asked for', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'));
  const status = async (token: string, method: string, path: string, form = {}): Promise<number> =>
    (await its.send(method, path, form, token)).status;
  assert.equal(await status('board', 'POST', '/api/patches/2/checks/', { context: 'x', state: 'success' }), 201);
  assert.equal(await status('board', 'PATCH', '/api/patches/2/', { state: 'accepted' }), 403);
  assert.equal(await status('board', 'PATCH', '/api/patches/2/', { delegate: 'mona@example.org' }), 403);
  assert.equal(await status('board', 'POST', '/api/bundles/', { name: 'x', patches: '2' }), 403);
  assert.equal(await status('wrong', 'GET', '/api/people/'), 403);
  const nobody = await fetch(`${its.url}/api/patches/2/`, {
    method: 'PATCH',
    body: new URLSearchParams({ state: 'new' }),
  });
  assert.equal(nobody.status, 403);
  assert.equal((await fetch(`${its.url}/api/patches/`, { headers: { Authorization: 'Token wrong' } })).status, 403);
  assert.equal((await fetch(`${its.url}/api/people/`)).status, 403, 'addresses are not given to everybody');
  const basic = `Basic ${Buffer.from('anybody:robot').toString('base64')}`;
  assert.equal((await fetch(`${its.url}/api/users/?q=mona`, { headers: { Authorization: basic } })).status, 200);
  assert.equal((await its.json<Row>('/api/patches/2/')).state, 'new', 'nothing was set');
  const bad = await its.send('PATCH', '/api/patches/2/', { state: 'great' });
  assert.match(JSON.stringify(await bad.json()), /Expected one of: new, under-review/);
});

test("a bundle is its owner's: others see it where it is public, and nobody else changes it", async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'));
  const form = new URLSearchParams([
    ['name', 'mine'],
    ['patches', '3'],
    ['patches', '2'],
  ]);
  const made = await fetch(`${its.url}/api/1.2/bundles/`, {
    method: 'POST',
    body: form,
    headers: { Authorization: 'Token robot' },
  });
  assert.equal(made.status, 201);
  const { patches } = (await made.json()) as Row;
  assert.deepEqual(
    patches.map(({ id }) => id),
    [3, 2],
    'in the order given',
  );
  assert.deepEqual(await its.json('/api/bundles/'), [], 'not for everybody');
  assert.equal((await fetch(`${its.url}/bundle/1/mbox/`)).status, 404);
  assert.equal((await its.send('GET', '/bundle/1/mbox/', {})).status, 200);
  assert.equal(
    (await its.send('PATCH', '/api/bundles/mine/', { public: 'true' })).status,
    200,
    'by name, as git-pw asks',
  );
  assert.equal((await its.json<unknown[]>('/api/bundles/?owner=robot')).length, 1);
  assert.equal((await its.send('DELETE', '/api/bundles/1/', {}, 'board')).status, 403);
  for (const wrong of [
    { name: '7', patches: '2' },
    { name: 'a/b', patches: '2' },
    { name: 'x', patches: '1' },
    { name: 'x' },
    { name: 'mine', patches: '2' },
  ])
    assert.equal((await its.send('POST', '/api/bundles/', wrong)).status, 400, JSON.stringify(wrong));
  assert.equal((await its.send('DELETE', '/api/bundles/1/', {})).status, 204);
});

test('a search that comes too often is told to wait', async (t) => {
  const its = await apiCase(t);
  const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(`${its.url}/api/patches/?q=x`)));
  const refused = answers.find(({ status }) => status === 429);
  assert.match(refused?.headers.get('Retry-After') ?? '', /^\d+$/);
  assert.equal((await fetch(`${its.url}/api/patches/`)).status, 200, 'lists that search nothing are not counted');
});

test('every mbox that is served can be applied by git am, with the tags in place', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'), review('x1-0', 'Acked-by: Rob Reviewer <rob@example.org>'));
  await its.send('POST', '/api/bundles/', { name: 'b', patches: '2', public: 'yes' });
  for (const [path, commits] of [
    ['/series/1/mbox/', 2],
    ['/patch/2/mbox/', 1],
    ['/project/hello/patch/x1-1@example.org/mbox/', 1],
    ['/project/hello/patch/%3Cx1-2%40example.org%3E/mbox/?series=*', 2],
    ['/bundle/1/mbox/', 1],
  ] as const) {
    const answer = await fetch(its.url + path);
    assert.equal(answer.status, 200, path);
    assert.match(answer.headers.get('Content-Disposition') ?? '', /^attachment; filename=[\w-]+\.patch$/);
    its.repo.git('checkout', '--quiet', '-B', 'try', 'main');
    const applied = its.repo.run(['am', '--quiet'], Buffer.from(await answer.arrayBuffer()));
    assert.equal(applied.code, 0, `${path}: ${applied.stderr}`);
    assert.equal(its.repo.git('rev-list', '--count', 'main..try'), String(commits));
    if (commits === 2)
      assert.match(its.repo.git('log', '-1', '--format=%B', 'try'), /^Acked-by: Rob Reviewer <rob@example.org>$/m);
  }
  const diff = await fetch(`${its.url}/patch/2/raw/`);
  assert.match(diff.headers.get('Content-Disposition') ?? '', /\.diff$/);
  its.repo.git('checkout', '--quiet', '--force', 'main');
  assert.equal(its.repo.run(['apply', '--check'], Buffer.from(await diff.arrayBuffer())).code, 0);
  assert.equal((await fetch(`${its.url}/cover/1/mbox/`)).status, 200);
  for (const path of [
    '/patch/1/mbox/',
    '/patch/99/raw/',
    '/series/9/mbox/',
    '/project/none/patch/x1-1@example.org/mbox/',
  ])
    assert.equal((await fetch(its.url + path)).status, 404, path);
});

test('the page that clients name for a patch is the one with its diff and comments, and that of a cover its mail', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'));
  for (const [path, to] of [
    ['/project/hello/patch/x1-1@example.org/', '/patch/x1-1%40example.org'],
    ['/patch/2/', '/patch/x1-1%40example.org'],
    ['/project/hello/cover/x1-0@example.org/', '/message/x1-0%40example.org'],
  ] as const) {
    const answer = await fetch(its.url + path, { redirect: 'manual' });
    assert.deepEqual([answer.status, answer.headers.get('Location')], [302, to], path);
    assert.equal((await fetch(its.url + path)).status, 200);
  }
});

test('programs that poll events see each series complete once', async (t) => {
  const its = await apiCase(t);
  const [cover, one, two] = postedSeries(its.repo, 'x');
  assert.ok(cover && one && two);
  await its.receive(cover, one);
  const done =
    '/api/1.1/events/?category=series-completed&project=hello&order=date&since=2020-01-01T00:00:00&state=new';
  assert.equal((await its.json<unknown[]>(done)).length, 0);
  await its.receive(two);
  await its.receive(two, review('x1-1'));
  await rebuild(its.bot, () => {});
  const events = await its.json<readonly { payload: { series: Row } }[]>(done);
  assert.deepEqual(
    events.map(({ payload }) => payload.series.id),
    [1],
  );
  const kinds = await its.json<readonly { category: string }[]>('/api/events/?order=date');
  assert.deepEqual(
    kinds.map(({ category }) => category),
    ['cover-created', 'patch-created', 'series-created', 'patch-created', 'series-completed', 'patch-comment-created'],
  );
});

test('what clients print of series and bundles can be opened, and crawlers are told what to leave alone', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'));
  await its.send('POST', '/api/bundles/', { name: 'b', patches: '2', public: 'yes' });
  for (const [path, to] of [
    ['/series/1/', /^\/change\/.*#v1-/],
    ['/project/hello/list/?series=1', /^\/change\/.*#v1-/],
    ['/bundle/1/', /^\/bundle\/1\/mbox\/$/],
  ] as const) {
    const answer = await fetch(its.url + path, { redirect: 'manual' });
    assert.equal(answer.status, 302, path);
    assert.match(answer.headers.get('Location') ?? '', to);
    assert.equal((await fetch(its.url + path)).status, 200);
  }
  assert.equal((await fetch(`${its.url}/series/9/`)).status, 404);
  assert.match(await (await fetch(`${its.url}/robots.txt`)).text(), /^Disallow: \/change\/\*\/compare$/m);
});
