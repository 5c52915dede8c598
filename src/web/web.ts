import { Hono } from 'hono';
import { compress } from 'hono/compress';
import type { Context, Next } from 'hono';
import { addArchive } from './archive/archive.ts';
import { addChangeEvents } from './change-events.ts';
import { addChecksApi } from './checks-api.ts';
import { addModeration } from './moderation.ts';
import { addPatchwork } from './patchwork/patchwork.ts';
import { limitSearches } from './limit.ts';
import { addMachineRoutes } from './machine-routes.ts';
import type { WebOptions } from './options.ts';
import { addOwnMetrics } from './own-metrics.ts';
import { framer } from './frame.ts';
import { addPages } from './page-routes.ts';
import { BadRequest } from './bad-request.ts';
import { addRunRoutes } from './run-routes.ts';
import { onlyReading, securityHeaders } from './security.ts';
import { loadTemplates } from './templates.ts';
import { addJsonApi } from './v1/v1.ts';
import { addXmlRpc } from './xmlrpc/xmlrpc.ts';

/**
 * The web surface as an app that answers `fetch` and `request`, without a socket.
 * @throws PatchloomError TEMPLATE_INVALID
 */
export function createWeb(options: WebOptions): Hono {
  const templates = loadTemplates(options.templatesDirectory);
  const app = new Hono();
  addOwnMetrics(app, options);
  app.use(securityHeaders);
  app.use(limitSearches(options.clock));
  app.use('/api/*', compress());
  addChecksApi(app, options.apis);
  addJsonApi(app, options);
  addXmlRpc(app, options);
  addArchive(app, options);
  app.get('/api/series', ownSeriesHaveMoved);
  addPatchwork(app, options);
  const frame = framer(options.facts, templates);
  if (options.operator) addModeration(app, options.operator, options, templates, frame);
  app.use(onlyReading);
  addMachineRoutes(app, options);
  if (options.runs) addRunRoutes(app, { ...options, runs: options.runs }, templates, frame);
  app.use('/static/*', compress());
  for (const { path, text, type } of templates.files) {
    const headers = {
      'Content-Type': `${type}; charset=utf-8`,
      'Cache-Control': 'public, max-age=31536000, immutable',
    };
    app.get(path, (c) => c.body(text, 200, headers));
  }
  addChangeEvents(app, options);
  addPages(app, options, templates, frame);
  app.notFound((c) => problem(c, 404, 'Not found', 'There is no such page, or nothing of that name is known here.'));
  app.onError((error, c) => {
    if (error instanceof BadRequest) return problem(c, 400, 'Bad request', error.message);
    options.log.error({ err: error, path: c.req.path }, 'a page failed');
    return problem(c, 500, 'Something went wrong', 'The fault is on this side. The log of the bot says more.');
  });
  return app;

  function problem(c: Context, status: 400 | 404 | 500, title: string, explanation: string) {
    c.status(status);
    return frame(c, title, 'none', templates.render('error', { title, explanation }));
  }
}

/** Our own list was here before Patchwork's; only ours was asked with a format and without the last slash. */
function ownSeriesHaveMoved(c: Context, next: Next): Response | Promise<void> {
  if (!['json', 'ndjson'].includes(c.req.query('format') ?? '')) return next();
  const { search } = new URL(c.req.url);
  const now = `/api/v1/series${search}`;
  const error = `This list has moved: ask ${now}; /api/series/ is the list of Patchwork`;
  return c.json({ error, now }, 410);
}
