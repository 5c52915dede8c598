import { searchMails } from '../src/store/archive-search.ts';
import { listEvents } from '../src/store/events.ts';
import { rawOf } from '../src/store/messages.ts';
import { aboutOf, postingsById } from '../src/store/postings.ts';
import { pageOfPostings, pageOfSeries } from '../src/store/posting-lists.ts';
import { factsOf } from '../src/store/facts.ts';
import { countFound, searchSeries } from '../src/store/search.ts';
import { documentsOf } from '../src/store/series-documents.ts';
import { listedSeriesById } from '../src/store/listed-series.ts';
import { listSeries, seriesOfChange } from '../src/store/series.ts';
import type { Db } from '../src/store/schema.ts';
import { threadOf } from '../src/web/archive/thread.ts';
import { parseSearch, searchQuery } from '../src/web/search-language.ts';

/** A request, and the bare query of the store that it cannot do without. */
export interface Route {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query: (db: Db) => Promise<unknown>;
  /** One of the lists that many ask for all the time. */
  readonly light: boolean;
}

const NEWEST = { by: 'posted', newestFirst: true } as const;
const PAGE = { order: NEWEST, offset: 0, limit: 30 } as const;

/** What a page of the list asks the store: the page, and how many there are. */
function found(q: string): Route['query'] {
  const query = searchQuery(parseSearch(q, { me: '', now: Date.now() }), null, 'newest');
  return async (db) => {
    await searchSeries(db, query, { limit: 51, after: null });
    await countFound(db, query, 10_001);
  };
}

/** @param msgid of a mail in a thread of a usual length @param change its change */
export function webRoutes(project: string, msgid: string, change: string): readonly Route[] {
  const bare = encodeURIComponent(msgid.replace(/^<|>$/g, ''));
  const get = (name: string, path: string, query: Route['query']): Route => {
    return {
      name,
      method: 'GET',
      path,
      query,
      light: /^\/(?:series$|api\/1.2\/(?:patches|series)\/\?project)/.test(path),
    };
  };
  return [
    get('list of changes, page', '/series', found('')),
    get('search: a word, page', '/series?q=memcg', found('memcg')),
    get('change, page', `/change/${encodeURIComponent(change)}`, async (db) => {
      for (const one of await seriesOfChange(db, change, project)) await factsOf(db, one);
    }),
    get('overview, page', '/', found('')),
    get('list of series, /api/v1', '/api/v1/series', (db) => listSeries(db, { limit: 51 })),
    get('patches, Patchwork API', `/api/1.2/patches/?project=${project}&order=-date`, (db) =>
      pageOfPostings(db, { kind: 'patch', projects: [project], ...PAGE }),
    ),
    get('patches of one state', `/api/1.2/patches/?project=${project}&state=new&archived=false&order=-date`, (db) =>
      pageOfPostings(db, { kind: 'patch', projects: [project], states: ['new'], archived: 0, ...PAGE }),
    ),
    get('patches by a part of the name', '/api/1.2/patches/?q=memcg&order=-date', (db) =>
      pageOfPostings(db, { kind: 'patch', name: 'memcg', ...PAGE }),
    ),
    get('series, Patchwork API', `/api/1.2/series/?project=${project}&order=-date`, (db) =>
      pageOfSeries(db, { projects: [project], ...PAGE }).then(({ rows }) => documentsOf(db, rows)),
    ),
    get('events', '/api/1.2/events/?category=series-completed&order=date', async (db) => {
      const query = { categories: ['series-completed'], oldestFirst: true, offset: 0, limit: 30 };
      const { rows } = await listEvents(db, query);
      await listedSeriesById(
        db,
        rows.flatMap(({ series }) => series ?? []),
      );
    }),
    get('events of comments', '/api/1.2/events/?category=patch-comment-created', async (db) => {
      const query = { categories: ['patch-comment-created'], oldestFirst: false, offset: 0, limit: 30 };
      const { rows } = await listEvents(db, query);
      await aboutOf(
        db,
        await postingsById(
          db,
          rows.flatMap(({ posting }) => posting ?? []),
        ),
      );
    }),
    get('thread, t.mbox.gz', `/all/${bare}/t.mbox.gz`, async (db) => {
      for (const one of (await threadOf(db, msgid)) ?? []) await rawOf(db, one);
    }),
    {
      name: 'search of the archive by subject',
      method: 'POST',
      path: '/all/?x=m&q=s:memcg',
      light: false,
      // The answer is the mails themselves.
      query: async (db) => {
        for (const one of await searchMails(db, { kind: 'subject', phrase: ['memcg'] }, null, 1000))
          await rawOf(db, one.msgid);
      },
    },
  ];
}
