import type { Context, Hono } from 'hono';
import type { Check } from '../ci/run.ts';
import { buildRunById } from '../store/build-runs.ts';
import { keptChecksOf } from '../store/checks.ts';
import type { Frame } from './frame.ts';
import type { RunFiles, WebOptions } from './options.ts';
import { followAnswer } from './run-log.ts';
import { isAddress, runModel } from './run-page.ts';
import type { Templates } from './templates.ts';

/** Followers at a time; each costs a look at the disk twice a second. */
const FOLLOWERS = 64;
/** Seconds after which the page of a run that goes on is asked for again. */
const REFRESH = 5;
const LOG_HEADERS = { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Disposition': 'inline' };
const FILE_HEADERS = { 'Content-Type': 'application/octet-stream' };
const FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'";

/** Pages of runs, their logs and their files. Logs and files have no ETag: it would want the whole of a file, or of a log that still grows, first. */
export function addRunRoutes(
  app: Hono,
  options: WebOptions & { readonly runs: RunFiles },
  templates: Templates,
  frame: Frame,
): void {
  const { store, clock, runs } = options;
  let following = 0;
  app.get('/run/:id{[0-9]{1,15}}', async (c) => {
    const model = await runModel(store.db, Number(c.req.param('id')), runs, clock.now());
    if (model === null) return c.notFound();
    if (model.live !== null) c.header('Refresh', `${REFRESH}`);
    return frame(c, `Build of ${model.title}`, 'series', templates.render('run', model));
  });
  app.get('/run/:id{[0-9]{1,15}}/log', async (c) => {
    const run = await buildRunById(store.db, Number(c.req.param('id')));
    if (run === null) return c.notFound();
    if (c.req.method === 'HEAD') return c.body(null);
    if (following >= FOLLOWERS) return c.text('Too many follow logs now.\n', 503, { 'Retry-After': '30' });
    following++;
    const counted: RunFiles = {
      ...runs,
      async *follow(of, from, signal) {
        try {
          yield* runs.follow(of, from, signal);
        } finally {
          following--;
        }
      },
    };
    return followAnswer(c, run, counted);
  });
  app.get('/run/:id{[0-9]{1,15}}/check/:check{[0-9]{1,15}}/log', async (c) => {
    const check = await checkOf(c.req.param('id'), c.req.param('check'));
    return check?.log == null ? c.notFound() : fileAnswer(c, runs, check.log, LOG_HEADERS);
  });
  app.get('/run/:id{[0-9]{1,15}}/check/:check{[0-9]{1,15}}/artifact/:number{[0-9]{1,3}}', async (c) => {
    const check = await checkOf(c.req.param('id'), c.req.param('check'));
    const path = check?.artifacts?.[Number(c.req.param('number'))];
    if (path === undefined || isAddress(path)) return c.notFound();
    const name = fileName(path);
    return fileAnswer(c, runs, path, { ...FILE_HEADERS, 'Content-Disposition': `attachment; filename="${name}"` });
  });

  async function checkOf(id: string, check: string): Promise<Check | null> {
    const run = await buildRunById(store.db, Number(id));
    const kept = run === null ? [] : await keptChecksOf(store.db, run.project, run.key);
    return kept.find((one) => one.id === Number(check))?.check ?? null;
  }
}

/** A file as it is: a browser shows it as text or saves it, and runs nothing of it. */
async function fileAnswer(
  c: Context,
  runs: RunFiles,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const file = await runs.open(path);
  if (file === null) return c.text('It is no longer kept.\n', 410);
  const answer = { headers: { ...headers, 'Content-Length': `${file.size}`, 'Content-Security-Policy': FILE_POLICY } };
  if (c.req.method !== 'HEAD') return new Response(file.stream, answer);
  await file.stream.cancel();
  return new Response(null, answer);
}

/** The last part of the path, whose characters `keepFiles` has chosen, without the digest. */
function fileName(path: string): string {
  return (path.split('/').at(-1) ?? '').replace(/^[0-9a-f]{16}-/, '').replace(/[^\w.+-]/g, '_') || 'artifact';
}
