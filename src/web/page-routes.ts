import type { Hono, MiddlewareHandler } from 'hono';
import { etag } from 'hono/etag';
import { countDispositions } from '../store/dispositions.ts';
import { countChanges } from '../store/open-series.ts';
import { searchSeries } from '../store/search.ts';
import { seriesOfChange } from '../store/series.ts';
import { changeModel } from './change-page.ts';
import { BadRequest } from './bad-request.ts';
import { asksMe, changesModel, faultyModel, listAsked, savedCounts } from './changes-page.ts';
import { compareModel } from './compare-page.ts';
import { evidenceModel } from './evidence-page.ts';
import { atomFeed } from './feed.ts';
import type { Frame } from './frame.ts';
import { contentTag } from './content-tag.ts';
import { healthOf } from './health.ts';
import { kept } from './kept.ts';
import { addressOf, Limiter } from './limit.ts';
import { withQuery } from './links.ts';
import { machineModel } from './machine-page.ts';
import { messageModel, msgidFrom } from './message-page.ts';
import type { WebOptions } from './options.ts';
import { outboxModel } from './outbox-page.ts';
import { countAside, overviewModel } from './overview-page.ts';
import { patchModel, type PatchParts } from './patch-page.ts';
import { originOf } from './patchwork/asked.ts';
import { PLOT_PERIODS, plotPeriod } from './plot-period.ts';
import { plotsModel } from './plots-page.ts';
import { projectFilter } from './query.ts';
import { rawAnswer } from './raw.ts';
import { type SeriesTable, versionId } from './series-table.ts';
import type { Templates } from './templates.ts';
import { streamedFile } from './streamed.ts';

/** Comparisons and mboxes of one address; searches have their own limit. */
const COMPARISONS = { burst: 60, perMinute: 120 } as const;
/** Entries of a feed. */
const FEED = 50;
/** Counts of all changes, and of what saved searches find, may be so old. */
const COUNTS_MS = 30_000;
/** The plots look at a year or more: they are drawn again after this. */
const PLOTS_MS = 5 * 60_000;

/** What crawlers should leave alone: what is made anew for each of many pairs, what goes on for ever, and what is for programs. */
const ROBOTS = 'User-agent: *\nDisallow: /change/*/compare\nDisallow: /*/events\nDisallow: /api/\n';

/** The pages that people look at. All of them only read. */
export function addPages(app: Hono, options: WebOptions, templates: Templates, frame: Frame): void {
  const once = limited(new Limiter(COMPARISONS), options);
  app.get('/robots.txt', (c) => c.text(ROBOTS));
  addMboxRoute(app, options, once);
  app.use(etag());
  addListRoutes(app, options, templates, frame);
  addChangeRoutes(app, options, templates, frame, once);
  addMailRoutes(app, options, templates, frame);
  addOperatorRoutes(app, options, templates, frame);
}

/** Lets each address ask for costly pages only so often. */
function limited(limiter: Limiter, options: Pick<WebOptions, 'clock'>): MiddlewareHandler {
  return async (c, next) => {
    const wait = limiter.take(addressOf(c), options.clock.now());
    if (wait === 0) return next();
    return c.text(`Too much asked for: again in ${wait} s.\n`, 429, { 'Retry-After': String(wait) });
  };
}

function addListRoutes(app: Hono, options: WebOptions, templates: Templates, frame: Frame): void {
  const { store, facts, clock, queries } = options;
  const projects = facts.projects.map(({ name }) => name);
  const table = (model: SeriesTable) => templates.render('series-table', model);
  const counts = kept(COUNTS_MS, () => countChanges(store.db));
  const aside = kept(COUNTS_MS, (now) => countAside(store.db, now));
  const saved = new Map(
    [null, ...projects].map((project) => [
      project,
      kept(COUNTS_MS, (now) => savedCounts(store.db, queries, project, { me: '', now })),
    ]),
  );
  app.get('/', async (c) => {
    const now = clock.now();
    const known = { health: await healthOf(options), counts: await counts(now), aside: await aside(now) };
    const model = await overviewModel(store.db, facts, known, now, table);
    return frame(c, 'Overview', 'overview', templates.render('overview', model), '/series.atom');
  });
  app.get('/series', async (c) => {
    const now = clock.now();
    const given = c.req.query();
    const asked = understood(() => listAsked(given, projects, now));
    if (asked instanceof BadRequest) {
      const counts = (await saved.get(null)?.(now)) ?? new Map();
      const model = faultyModel(given, projects, { queries, counts }, asked.message);
      c.status(400);
      return frame(c, 'Changes', 'series', templates.render('series', model));
    }
    const own = queries.filter(({ query }) => asked.me !== '' && asksMe(query));
    const counted = new Map([
      ...((await saved.get(asked.project)?.(now)) ?? []),
      ...(await savedCounts(store.db, own, asked.project, { me: asked.me, now })),
    ]);
    const model = await changesModel(store.db, projects, { queries, counts: counted }, asked, now, table);
    return frame(c, asked.q === '' ? 'Changes' : asked.q, 'series', templates.render('series', model), model.feed);
  });
  app.get('/series.atom', async (c) => {
    const now = clock.now();
    const asked = listAsked({ ...c.req.query(), sort: 'active' }, projects, now);
    const found = await searchSeries(store.db, asked.query, { limit: FEED, after: null });
    const { q, me, project } = asked;
    const title = [facts.bot, project ?? '', q].filter((word) => word !== '').join(': ');
    const [page, own] = ['/series', '/series.atom'].map((path) => withQuery(path, { q, me, project }));
    const head = { title, url: originOf(c, options.apis), page: page ?? '', own: own ?? '', now };
    const feed = atomFeed(head, found);
    const headers = { 'Content-Type': 'application/atom+xml; charset=utf-8', ETag: contentTag(feed) };
    return c.body(feed, 200, headers);
  });
}

/** What was read of a request, or what is wrong with it. */
function understood<T>(read: () => T): T | BadRequest {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadRequest) return error;
    throw error;
  }
}

function addChangeRoutes(
  app: Hono,
  options: WebOptions,
  templates: Templates,
  frame: Frame,
  once: MiddlewareHandler,
): void {
  const { store, facts, clock } = options;
  const projects = facts.projects.map(({ name }) => name);
  app.get('/change/:change', async (c) => {
    const project = projectFilter(c.req.query(), projects);
    const around = { projects: facts.projects, url: originOf(c, options.apis), now: clock.now() };
    const model = await changeModel(store.db, c.req.param('change'), project, around);
    return model === null ? c.notFound() : frame(c, model.title, 'series', templates.render('change', model));
  });
  app.get('/change/:change/compare', once, async (c) => {
    const { change } = c.req.param();
    const project = projectFilter(c.req.query(), projects);
    const model = await compareModel(options, change, project, c.req.query());
    if (model === null) return c.notFound();
    return frame(c, `${model.title}: ${model.old} and ${model.fresh}`, 'series', templates.render('compare', model));
  });
}

/** Before the others: what is made while it is sent has no ETag, which would want all of it first. */
function addMboxRoute(app: Hono, options: WebOptions, once: MiddlewareHandler): void {
  const { store, facts, apis } = options;
  const projects = facts.projects.map(({ name }) => name);
  app.get('/change/:change/:version/mbox', once, async (c) => {
    const { change, version } = c.req.param();
    const project = projectFilter(c.req.query(), projects) ?? undefined;
    const all = await seriesOfChange(store.db, change, project);
    const stored = all.find(({ series }) => versionId(series) === version);
    const mails =
      stored?.series.complete === true ? await apis.seriesMbox(stored.series.project, stored.series.key) : null;
    if (mails === null) return c.notFound();
    const name = `${change.replace(/[^\w-]/g, '').slice(0, 80)}-${version}.mbox`;
    return streamedFile(name, 'application/mbox', mails);
  });
}

function addMailRoutes(app: Hono, options: WebOptions, templates: Templates, frame: Frame): void {
  const { store, clock } = options;
  const comments: PatchParts['comments'] = (comments) => templates.render('comments', { comments });
  const thread: PatchParts['thread'] = (thread) => templates.render('thread', { thread });
  app.get('/patch/:msgid', async (c) => {
    const msgid = msgidFrom(c.req.param('msgid'));
    const model = await patchModel(options, msgid, clock.now(), { comments, thread });
    return model === null ? c.notFound() : frame(c, model.title, 'series', templates.render('patch', model));
  });
  app.get('/patch/:msgid/evidence', async (c) => {
    const model = await evidenceModel(store.db, msgidFrom(c.req.param('msgid')), clock.now());
    if (model === null) return c.notFound();
    return frame(c, `Tags of ${model.title}`, 'series', templates.render('evidence', model));
  });
  app.get('/message/:msgid', async (c) => {
    const msgid = msgidFrom(c.req.param('msgid'));
    const model = await messageModel(store.db, msgid, options.readMessage, clock.now(), thread);
    return model === null ? c.notFound() : frame(c, model.subject, 'none', templates.render('message', model));
  });
  app.get('/message/:msgid/raw', async (c) => {
    return (await rawAnswer(store.db, msgidFrom(c.req.param('msgid')))) ?? c.notFound();
  });
}

function addOperatorRoutes(app: Hono, options: WebOptions, templates: Templates, frame: Frame): void {
  const { store, facts, clock } = options;
  const dispositions = kept(COUNTS_MS, () => countDispositions(store.db));
  const plots = new Map(
    PLOT_PERIODS.map((period) => [period, kept(PLOTS_MS, (now) => plotsModel(store.db, period, now))]),
  );
  app.get('/plots', async (c) => {
    const model = await plots.get(plotPeriod(c.req.query()))?.(clock.now());
    return model === undefined ? c.notFound() : frame(c, 'Plots', 'plots', templates.render('plots', model));
  });
  app.get('/machine', async (c) => {
    const now = clock.now();
    const counted = { health: await healthOf(options), dispositions: await dispositions(now) };
    const model = await machineModel(store.db, facts, counted, now);
    return frame(c, 'Machine', 'machine', templates.render('machine', model));
  });
  app.get('/outbox', async (c) => {
    const model = await outboxModel(store.db, c.req.query(), clock.now(), options.operator !== undefined);
    return frame(c, 'Outbox', 'outbox', templates.render('outbox', model));
  });
}
