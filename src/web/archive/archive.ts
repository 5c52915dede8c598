import { gzipSync } from 'node:zlib';
import type { Context, Hono } from 'hono';
import { dispositionOf } from '../../store/dispositions.ts';
import { rawOf } from '../../store/messages.ts';
import { seriesByMsgid } from '../../store/series.ts';
import { changePath, messagePath, withQuery } from '../links.ts';
import type { WebOptions } from '../options.ts';
import { originOf } from '../patchwork/asked.ts';
import { rawAnswer } from '../raw.ts';
import { mboxAnswer } from './mbox-stream.ts';
import { parseQuery, QueryError } from './query.ts';
import { search } from './search.ts';
import { threadOf } from './thread.ts';

/** Threads that one search with `t=1` gives whole, and their mails. */
const [MOST_THREADS, MOST_MAILS] = [100, 5000];

/**
 * The archive of every stored mail under `/all/`, as public-inbox serves one (https://public-inbox.org/), so that b4 and lei read it: a mail and
 * its thread by Message-ID, and searches.
 */
export function addArchive(app: Hono, options: WebOptions): void {
  const { store, apis, facts } = options;
  const msgidOf = (c: Context): string => `<${(c.req.param('msgid') ?? '').replace(/^<|>$/g, '')}>`;
  const known = async (c: Context): Promise<boolean> => (await rawOf(store.db, msgidOf(c))) !== null;
  app.get('/all/', (c) => {
    const q = c.req.query('q');
    return q === undefined
      ? c.text(helpText(originOf(c, apis)))
      : c.redirect(withQuery('/series', { q: q.slice(0, 200) }));
  });
  app.get('/all/_/text/help/', (c) => c.text(helpText(originOf(c, apis))));
  app.get('/manifest.js.gz', (c) => c.body(gzipSync('{}'), 200, { 'Content-Type': 'application/gzip' }));
  app.get('/all/:msgid/t.mbox.gz', async (c) => {
    const thread = await threadOf(store.db, msgidOf(c));
    return thread === null ? unknown(c) : mboxAnswer(store.db, thread, 't');
  });
  app.get('/all/:msgid/raw', async (c) => (await rawAnswer(store.db, msgidOf(c))) ?? unknown(c));
  app.get('/all/:msgid/', async (c) => ((await known(c)) ? c.redirect(messagePath(msgidOf(c))) : unknown(c)));
  app.get('/all/:msgid', async (c) =>
    (await known(c)) ? c.redirect(`/all/${encodeURIComponent(msgidOf(c).slice(1, -1))}/`, 301) : unknown(c),
  );
  for (const path of ['/all/:msgid/T/', '/all/:msgid/t/'])
    app.get(path, async (c) => {
      const msgid = msgidOf(c);
      const about = (await dispositionOf(store.db, msgid))?.series ?? msgid;
      const stored = await seriesByMsgid(store.db, about);
      if (stored !== null) return c.redirect(changePath(stored.series.change, stored.series.project));
      return (await known(c)) ? c.redirect(messagePath(msgid)) : unknown(c);
    });
  app.get('/project/:project/b4-config', (c) => {
    const { project } = c.req.param();
    if (!facts.projects.some(({ name }) => name === project)) return unknown(c);
    return c.text(b4Config(originOf(c, apis), project));
  });
  const searched = async (c: Context): Promise<Response> => {
    const { q, t, x } = c.req.query();
    if (x !== 'm' || q === undefined) return c.text('Only mboxes are given: x=m and q=QUERY.\n', 400);
    const within = c.req.param('msgid') === undefined ? null : await threadOf(store.db, msgidOf(c));
    if (within === null && c.req.param('msgid') !== undefined) return unknown(c);
    const { msgids, missing } = await search(store.db, parseQuery(q), within);
    const mails = t === '1' ? await threadsOf(options, msgids) : msgids;
    const none = `No results found${missing === null ? '' : ` (${missing})`}\n`;
    const answer = mails.length === 0 ? c.text(none, 404) : mboxAnswer(store.db, mails, 'results');
    if (missing !== null) answer.headers.set('X-Patchloom-Search', missing);
    return answer;
  };
  for (const path of ['/all/', '/all/:msgid/'])
    app.post(path, async (c) => {
      try {
        return await searched(c);
      } catch (error) {
        if (error instanceof QueryError) return c.text(`q: ${error.message}\n`, 400);
        throw error;
      }
    });
}

/** The threads of what was found, each once. */
async function threadsOf({ store }: WebOptions, found: readonly string[]): Promise<readonly string[]> {
  const mails = new Set<string>();
  let threads = 0;
  for (const msgid of found.toReversed()) {
    if (mails.has(msgid)) continue;
    for (const one of (await threadOf(store.db, msgid)) ?? []) mails.add(one);
    threads += 1;
    if (threads >= MOST_THREADS || mails.size >= MOST_MAILS) break;
  }
  return [...mails];
}

function unknown(c: Context): Response {
  return c.text('Not found\n', 404);
}

/** What a project keeps as `.b4-config` in its repository, so that b4 finds its mail here without being set up. */
function b4Config(origin: string, project: string): string {
  return `[b4]
  midmask = ${origin}/all/%s
  searchmask = ${origin}/all/?x=m&t=1&q=%s
  linkmask = ${origin}/all/%s
  pw-url = ${origin}
  pw-project = ${project}
`;
}

function helpText(origin: string): string {
  return `Every mail that patchloom has read.

  ${origin}/all/MESSAGE-ID/            a page about it
  ${origin}/all/MESSAGE-ID/raw         its bytes
  ${origin}/all/MESSAGE-ID/t.mbox.gz   its thread

  b4 am ${origin}/all/MESSAGE-ID
  lei q -I ${origin}/all/ -o ~/found f:ann s:"memory"

Search words: s: subject, f: sender, nq: text, m: Message-ID, patchid:, d:20240601..20240701,
AND, OR, NOT and parentheses.
`;
}
