import type { Context, Hono } from 'hono';
import { bundleOf } from '../../store/bundles.ts';
import { listedSeries } from '../../store/listed-series.ts';
import { rawOf } from '../../store/messages.ts';
import { peopleByEmail } from '../../store/people.ts';
import { type Posting, postingsById, postingsOf } from '../../store/postings.ts';
import { seriesByKey } from '../../store/series.ts';
import type { ApiOptions } from '../apis.ts';
import { mboxrd } from '../archive/mboxrd.ts';
import { changePath, messagePath, patchPath, withQuery } from '../links.ts';
import type { WebOptions } from '../options.ts';
import { patchInSeries } from '../patch-page.ts';
import { tokenOf } from '../tokens.ts';
import { versionId } from '../series-table.ts';
import { found, numberIn } from './asked.ts';
import { fileName } from './file-name.ts';
import { streamedFile } from '../streamed.ts';

/** The pages that Patchwork's clients are sent to: mboxes, diffs, and what people see of a patch. */
export function addFiles(app: Hono, options: WebOptions): void {
  const { store, apis } = options;
  const byMsgid = async (c: Context, kind: Posting['kind']): Promise<Posting> => {
    const { project = '', msgid = '' } = c.req.param() as Readonly<Record<string, string>>;
    const name = `<${msgid.replace(/^<|>$/g, '')}>`;
    const posting = (await postingsOf(store.db, project, [name])).get(name);
    return found(posting?.kind === kind ? posting : null);
  };
  const byId = async (c: Context, kind: Posting['kind']): Promise<Posting> => {
    const [posting] = await postingsById(store.db, [numberIn(c, 'id')]);
    return found(posting?.kind === kind ? posting : null);
  };
  for (const [base, find] of [
    ['/project/:project/%/:msgid/', byMsgid],
    ['/%/:id{[0-9]+}/', byId],
  ] as const) {
    app.get(`${base.replace('%', 'patch')}mbox/`, async (c) => {
      const posting = await find(c, 'patch');
      return patchFile(c, apis, posting);
    });
    app.get(`${base.replace('%', 'patch')}raw/`, async (c) => {
      const posting = await find(c, 'patch');
      const diff = found(found(await apis.mailParts(posting.msgid)).diff);
      return file(fileName(posting, 'diff'), [diff]);
    });
    app.get(`${base.replace('%', 'cover')}mbox/`, async (c) => {
      const posting = await find(c, 'cover');
      const raw = found(await rawOf(store.db, posting.msgid));
      return file(fileName(posting, 'mbox'), [mboxrd(raw)]);
    });
    app.get(base.replace('%', 'patch'), async (c) => {
      const { msgid } = await find(c, 'patch');
      // A patch that no series took has no page but that of its mail.
      return c.redirect((await patchInSeries(store.db, msgid)) === null ? messagePath(msgid) : patchPath(msgid));
    });
    app.get(base.replace('%', 'cover'), async (c) => c.redirect(messagePath((await find(c, 'cover')).msgid)));
  }
  addSeriesFiles(app, options);
}

function addSeriesFiles(app: Hono, { store, apis, facts }: WebOptions): void {
  app.get('/series/:id{[0-9]+}/mbox/', async (c) => {
    const row = found(await listedSeries(store.db, numberIn(c, 'id')));
    const mails = found(await apis.seriesMbox(row.project, row.key));
    return file(fileName(row, 'patch'), mails);
  });
  app.get('/bundle/:id{[0-9]+}/mbox/', async (c) => {
    // Without a token only public ones.
    const token = tokenOf(c.req.header('Authorization'), apis.tokens);
    const email = token === null || token === 'unknown' ? '' : token.email;
    const reader = (await peopleByEmail(store.db, [email])).get(email)?.id ?? null;
    const bundle = found(await bundleOf(store.db, numberIn(c, 'id'), reader));
    const patches = await postingsById(store.db, bundle.patches);
    return file(fileName(bundle, 'patch'), bundleMails(apis, patches));
  });
  app.get('/project/:project/', (c) => c.redirect(listPath(facts, c.req.param('project'))));
  app.get('/project/:project/list/', async (c) => {
    const project = c.req.param('project');
    const number = /^\d{1,9}$/.exec(c.req.query('series') ?? '')?.[0];
    if (number === undefined) return c.redirect(listPath(facts, project));
    return c.redirect(await pageOfSeries(Number(number)));
  });
  app.get('/series/:id{[0-9]+}/', async (c) => c.redirect(await pageOfSeries(numberIn(c, 'id'))));
  // A bundle has no page here: what it is for is its mails.
  app.get('/bundle/:id{[0-9]+}/', (c) => c.redirect(`/bundle/${numberIn(c, 'id')}/mbox/`));

  async function pageOfSeries(number: number): Promise<string> {
    const row = found(await listedSeries(store.db, number));
    const { series } = found(await seriesByKey(store.db, row.project, row.key));
    return changePath(series.change, row.project, versionId(series));
  }
}

/** @throws ApiError 404 */
function listPath({ projects }: WebOptions['facts'], project: string): string {
  found(projects.find(({ name }) => name === project));
  return withQuery('/series', { project });
}

/** A patch's mail; with `series` in the query (git-pw sends `*`) also those before it. */
async function patchFile(c: Context, { patchMbox }: ApiOptions, posting: Posting): Promise<Response> {
  const before = c.req.query('series') !== undefined;
  return file(fileName(posting, 'patch'), found(await patchMbox(posting.project, posting.msgid, before)));
}

async function* bundleMails({ patchMbox }: ApiOptions, patches: readonly Posting[]): AsyncGenerator<Uint8Array> {
  for (const { project, msgid } of patches) yield* (await patchMbox(project, msgid, false)) ?? [];
}

function file(name: string, parts: AsyncIterable<Uint8Array> | readonly Uint8Array[]): Response {
  return streamedFile(name, 'text/plain; charset=utf-8', parts);
}
