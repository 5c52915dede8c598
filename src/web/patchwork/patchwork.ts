import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { allowedAt } from '../methods.ts';
import type { WebOptions } from '../options.ts';
import { ApiError, type Asked, askedBy, MINORS } from './asked.ts';
import { addBundles } from './bundles.ts';
import { addChecks } from './checks.ts';
import { addDirectory } from './directory.ts';
import { addEvents } from './events.ts';
import { addPostings } from './patches.ts';
import { BODIES } from './fields.ts';
import { addFiles } from './files.ts';
import { openapi } from './openapi.ts';

const RESOURCES = ['bundles', 'covers', 'events', 'patches', 'people', 'projects', 'series', 'users'] as const;
const BODY_LIMIT = 256 * 1024;

/**
 * Patchwork's REST API in its versions 1.0 to 1.3, so that its clients work unmodified (https://patchwork.readthedocs.io/en/latest/api/rest/).
 * Where Patchwork fails or finds nothing, this is lenient: unknown states are passed over, covers can be had by series, bundles by name.
 */
export function addPatchwork(app: Hono, options: WebOptions): void {
  const last = MINORS.at(-1) ?? 0;
  // The one without a version last: what it does not know is unknown.
  const bases = [...MINORS.map((minor) => [`/api/1.${minor}`, minor] as const), ['/api', last] as const];
  for (const [base, minor] of bases) {
    const own = new Hono();
    own.onError((error, c) => failed(error, c, options));
    own.use(bodyLimit({ maxSize: BODY_LIMIT, onError: tooLarge }));
    const ask = (c: Context): Promise<Asked> => askedBy(c, options, base, minor);
    app.get(`${base}/`, async (c) => {
      const { api } = await ask(c);
      return c.json(Object.fromEntries(RESOURCES.map((name) => [name, `${api}/${name}/`])));
    });
    addDirectory(own, ask);
    addPostings(own, ask);
    addChecks(own, ask);
    addBundles(own, ask);
    addEvents(own, ask);
    own.get('/openapi.json', async (c) => c.json(openapi((await ask(c)).api, minor, options.facts.version)));
    own.all('*', (c) => notTaken(c, app));
    app.route(base, own);
  }
  const files = new Hono();
  files.onError((error, c) => failed(error, c, options));
  addFiles(files, options);
  app.route('/', files);
}

/** What still comes is not taken in: the connection ends. */
function tooLarge(c: Context): Response {
  return c.json({ detail: 'The body is too large.' }, 413, { Connection: 'close' });
}

/**
 * What no route takes. Patchwork's clients leave the last slash out, and follow this answer: what comes after the `?` stays, and so do method
 * and body. Where only the method is wrong, they read JSON as from Django's REST framework.
 */
function notTaken(c: Context, app: Hono): Response {
  const { method } = c.req;
  const { pathname, search } = new URL(c.req.url);
  if (!pathname.endsWith('/')) return c.redirect(`${pathname}/${search}`, ['GET', 'HEAD'].includes(method) ? 301 : 308);
  const allowed = allowedAt(app, c.req.path);
  if (allowed === '') return c.json({ detail: 'Not found.' }, 404);
  c.header('Allow', `${allowed}, OPTIONS`);
  if (method === 'OPTIONS') return c.json({ name: 'Patchwork API', renders: ['application/json'], parses: BODIES });
  return c.json({ detail: `Method "${method}" not allowed.` }, 405);
}

function failed(error: Error, c: Context, { log }: WebOptions): Response {
  if (error instanceof ApiError) return c.json(error.body, error.status, { 'Cache-Control': 'no-store' });
  log.error({ err: error, path: c.req.path }, 'a request failed');
  return c.json({ detail: 'The fault is on this side. The log of the bot says more.' }, 500);
}
