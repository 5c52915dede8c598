import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { etag } from 'hono/etag';
import type { Context } from 'hono';
import { addArchive } from './archive/archive.ts';
import { changeModel } from './change-page.ts';
import { addChecksApi } from './checks-api.ts';
import { healthOf, isReadable } from './health.ts';
import { addModeration } from './moderation.ts';
import { addPatchwork } from './patchwork/patchwork.ts';
import { messageModel, msgidFrom } from './message-page.ts';
import type { WebOptions } from './options.ts';
import { addOwnMetrics } from './own-metrics.ts';
import { outboxModel } from './outbox-page.ts';
import { BadRequest, projectFilter, seriesFilter } from './query.ts';
import { rawAnswer } from './raw.ts';
import { addRunRoutes } from './run-routes.ts';
import { onlyReading, securityHeaders } from './security.ts';
import { seriesModel } from './series-page.ts';
import type { SeriesTable } from './series-table.ts';
import { statusModel } from './status-page.ts';
import { loadTemplates } from './templates.ts';
import type { LayoutModel, Templates } from './templates.ts';
import type { Html } from './visible.ts';
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
  app.use('/api/*', compress());
  addChecksApi(app, options.apis);
  addJsonApi(app, options);
  addXmlRpc(app, options);
  addArchive(app, options);
  addPatchwork(app, options);
  const frame = framer(options, templates);
  if (options.operator) addModeration(app, options.operator, options, templates, frame);
  app.use(onlyReading);
  addMachineRoutes(app, options);
  if (options.runs) addRunRoutes(app, { ...options, runs: options.runs }, templates, frame);
  app.use(etag());
  app.get(templates.css.path, (c) => {
    const headers = {
      'Content-Type': 'text/css; charset=utf-8',
      'Cache-Control': 'public, max-age=31536000, immutable',
    };
    return c.body(templates.css.text, 200, headers);
  });
  addPages(app, options, templates, frame);
  app.notFound((c) => problem(c, 404, 'Not found', 'There is no such page, or nothing of that name is known here.'));
  app.onError((error, c) => {
    if (error instanceof BadRequest) return problem(c, 400, 'Bad request', error.message);
    options.log.error({ err: error, path: c.req.path }, 'a page failed');
    return problem(c, 500, 'Something went wrong', 'The fault is on this side. The log of the bot says more.');
  });
  return app;

  function problem(c: Context, status: 400 | 404 | 500, title: string, explanation: string): Response {
    return c.html(frame(title, 'none', templates.render('error', { title, explanation })), status);
  }
}

type Frame = (title: string, section: LayoutModel['section'], body: Html) => string;

function framer({ facts }: WebOptions, templates: Templates): Frame {
  return (title, section, body) => {
    const { bot, version } = facts;
    return templates.render('layout', { title, section, body, bot, version, css: templates.css.path }).text;
  };
}

function addMachineRoutes(app: Hono, options: WebOptions): void {
  const { store } = options;
  app.get('/healthz', async (c) => {
    const health = await healthOf(options);
    const ok = health.checks.every((check) => check.ok);
    const body = { status: ok ? 'ok' : 'failing', checks: health.checks };
    return c.json(body, ok ? 200 : 503, { 'Cache-Control': 'no-store' });
  });
  // Whether requests can be answered: for whoever shares them out. Whether the bot does its work is /healthz.
  app.get('/readyz', async (c) => {
    const ready = await isReadable(store);
    return c.json({ status: ready ? 'ready' : 'not ready' }, ready ? 200 : 503, { 'Cache-Control': 'no-store' });
  });
  app.get('/metrics', async (c) => {
    const headers = { 'Content-Type': options.metrics.contentType, 'Cache-Control': 'no-store' };
    return c.body(await options.metrics.metrics(), 200, headers);
  });
}

function addPages(app: Hono, options: WebOptions, templates: Templates, frame: Frame): void {
  const { store, facts, clock } = options;
  const projects = facts.projects.map(({ name }) => name);
  const table = (model: SeriesTable) => templates.render('series-table', model);
  app.get('/', async (c) => {
    const model = await statusModel(store.db, facts, await healthOf(options), clock.now(), table);
    return c.html(frame('Status', 'status', templates.render('status', model)));
  });
  app.get('/series', async (c) => {
    const model = await seriesModel(store.db, projects, seriesFilter(c.req.query(), projects), clock.now(), table);
    return c.html(frame('Series', 'series', templates.render('series', model)));
  });
  app.get('/change/:change', async (c) => {
    const project = projectFilter(c.req.query(), projects);
    const model = await changeModel(store.db, c.req.param('change'), project, facts.projects, clock.now());
    return model === null ? c.notFound() : c.html(frame(model.title, 'series', templates.render('change', model)));
  });
  app.get('/message/:msgid', async (c) => {
    const msgid = msgidFrom(c.req.param('msgid'));
    const model = await messageModel(store.db, msgid, options.readMessage, clock.now());
    return model === null ? c.notFound() : c.html(frame(model.subject, 'none', templates.render('message', model)));
  });
  app.get('/message/:msgid/raw', async (c) => {
    return (await rawAnswer(store.db, msgidFrom(c.req.param('msgid')))) ?? c.notFound();
  });
  app.get('/outbox', async (c) => {
    const model = await outboxModel(store.db, c.req.query(), clock.now(), options.operator !== undefined);
    return c.html(frame('Outbox', 'outbox', templates.render('outbox', model)));
  });
}
