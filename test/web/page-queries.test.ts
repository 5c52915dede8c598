import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { KyselyPlugin } from 'kysely';
import { startWeb } from '../../src/service-web.ts';
import { createMetrics } from '../../src/web/metrics.ts';
import { type ApiCase, apiCase } from '../helpers/api-case.ts';
import { mailText } from '../helpers/mail-text.ts';
import { LIST, postedSeries } from '../helpers/posted.ts';

/** Serves the same bot once more, and counts what an answer asks the store. */
async function counted(t: TestContext, { bot }: ApiCase): Promise<(path: string) => Promise<[number, number]>> {
  const queries: unknown[] = [];
  const counter: KyselyPlugin = {
    transformQuery: ({ node }) => {
      queries.push(node);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const store = { ...bot.store, db: bot.store.db.withPlugin(counter) };
  const web = await startWeb({ ...bot, store }, createMetrics(store, bot.clock));
  if (web === null) throw new Error('nothing is served');
  t.after(() => web.close());
  return async (path) => {
    queries.length = 0;
    const rows = (await (await fetch(web.url + path)).json()) as readonly object[];
    return [rows.length, queries.length];
  };
}

const comments = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, at) =>
    mailText({ id: `c${at}`, replyTo: `x1-${1 + (at % 2)}`, to: LIST, subject: 'Re: [PATCH] a: part', body: 'Hm.\n' }),
  );

test('a page of events, series or patches takes as many queries as one row of it', async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'), ...postedSeries(its.repo, 'y'), ...comments(20));
  for (const context of ['a', 'b', 'c'])
    for (const patch of [2, 3]) await its.send('POST', `/api/patches/${patch}/checks/`, { context, state: 'success' });
  const ask = await counted(t, its);
  for (const [path, rows] of [
    ['/api/events/?category=patch-comment-created', 20],
    ['/api/events/?category=check-created', 6],
    ['/api/events/?category=patch-created', 4],
    ['/api/events/', 30],
    ['/api/series/?', 2],
    ['/api/patches/?', 4],
  ] as const) {
    const [many, queries] = await ask(path);
    assert.equal(many, rows, path);
    const [one, fewer] = await ask(`${path}${path.endsWith('/') ? '?' : '&'}per_page=1`);
    assert.equal(one, 1);
    if (path !== '/api/events/') assert.equal(queries, fewer, path);
    assert.ok(queries <= 15, `${path}: ${queries} queries`);
  }
});
