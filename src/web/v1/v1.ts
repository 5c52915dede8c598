import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { etag } from 'hono/etag';
import { seriesView } from '../../report/view.ts';
import { factsOfAll } from '../../store/facts.ts';
import { contentTag } from '../content-tag.ts';
import { publicUrl, withQuery } from '../links.ts';
import { msgidFrom } from '../message-page.ts';
import type { WebOptions } from '../options.ts';
import { originOf } from '../patchwork/asked.ts';
import { BadRequest, limitFilter, projectFilter, seriesFilter } from '../query.ts';
import { readPage } from '../series-page.ts';
import { openapi } from './openapi.ts';

/** Where our own API is. */
const BASE = '/api/v1';

/** Series of one answer where nothing is asked for, and at most. */
const [USUAL, MOST] = [50, 200];

/** Our own JSON API: the objects of `--json`, read by anybody, also by scripts of other sites. `openapi.json` says what is in them. */
export function addJsonApi(app: Hono, options: WebOptions): void {
  const { apis, facts } = options;
  const projects = facts.projects.map(({ name }) => name);
  const own = new Hono();
  own.use(cors({ origin: '*', allowMethods: ['GET', 'HEAD'], exposeHeaders: ['Link', 'ETag'], maxAge: 86_400 }));
  own.use(etag());
  own.onError((error, c) => {
    if (error instanceof BadRequest) return c.json({ error: error.message }, 400);
    options.log.error({ err: error, path: c.req.path }, 'a request failed');
    return c.json({ error: 'The fault is on this side. The log of the bot says more.' }, 500);
  });
  app.get(`${BASE}/`, (c) => c.redirect(`${BASE}/openapi.json`));
  own.get('/openapi.json', (c) => tagged(c, openapi(originOf(c, apis), facts.version)));
  own.get('/projects', (c) =>
    tagged(
      c,
      facts.projects.map(({ name, mode, list, archive, gitUrl }) => {
        return { name, mode, list, archive, git: gitUrl === null ? null : publicUrl(gitUrl) };
      }),
    ),
  );
  own.get('/series', (c) => seriesList(c, options, projects));
  own.get('/changes/:change', async (c) => {
    const project = projectFilter(c.req.query(), projects);
    return known(c, await apis.changeView(c.req.param('change'), project));
  });
  own.get('/messages/:msgid', async (c) => known(c, await apis.mailView(msgidFrom(c.req.param('msgid')))));
  own.get('*', (c) => known(c, null));
  own.all('*', (c) => {
    c.header('Allow', 'GET, HEAD, OPTIONS');
    return c.json({ error: `${c.req.method} is not allowed here: this API is only read` }, 405);
  });
  app.route(BASE, own);
}

function known(c: Context, value: object | null): Response {
  return value === null ? c.json({ error: 'Nothing of that name is known here.' }, 404) : tagged(c, value);
}

function tagged(c: Context, value: object): Response {
  const text = JSON.stringify(value);
  return c.body(text, 200, { 'Content-Type': 'application/json', ETag: contentTag(text) });
}

/** One page of series as a list, or as lines with `format=ndjson`; `Link` leads to the next. */
async function seriesList(c: Context, { store }: WebOptions, projects: readonly string[]): Promise<Response> {
  const query = c.req.query();
  const format = query['format'] ?? '';
  if (!['', 'json', 'ndjson'].includes(format)) throw new BadRequest('format: json or ndjson');
  const limit = limitFilter(query, USUAL, MOST);
  const filter = seriesFilter(query, projects);
  const { rows, next } = await readPage(store.db, filter, limit);
  const views = (await factsOfAll(store.db, rows)).map(seriesView);
  const { project, q, state } = filter;
  const path = withQuery(`${BASE}/series`, { project, q, state, limit: String(limit), format, before: next });
  if (next !== null) c.header('Link', `<${path}>; rel="next"`);
  if (format !== 'ndjson') return tagged(c, views);
  const lines = views.map((view) => `${JSON.stringify(view)}\n`).join('');
  return c.body(lines, 200, { 'Content-Type': 'application/x-ndjson', ETag: contentTag(lines) });
}
