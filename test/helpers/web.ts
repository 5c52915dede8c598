import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import type { Hono } from 'hono';
import { parseMessage } from '../../src/mail/parse.ts';
import { PAGE_PATCHES } from '../../src/service-pages.ts';
import type { Store } from '../../src/store/open.ts';
import { silentLog } from '../../src/util/log.ts';
import type { ApiOptions } from '../../src/web/apis.ts';
import { createMetrics } from '../../src/web/metrics.ts';
import type { Metrics } from '../../src/web/metrics.ts';
import type { WebOptions } from '../../src/web/options.ts';
import { createWeb } from '../../src/web/web.ts';
import { tempStore } from './temp-store.ts';

/** The time that the pages believe it is. */
export const NOW = Date.parse('2024-07-01T12:00:00Z');

export const TEMPLATES = join(resolve(import.meta.dirname, '../..'), 'templates/web');

/** Nobody may write, and no mail is read. */
export const NO_APIS: ApiOptions = {
  url: null,
  users: [],
  tokens: [],
  patchMbox: async () => null,
  seriesMbox: async () => null,
  mailParts: async () => null,
  changeView: async () => null,
  mailView: async () => null,
  keepCheck: async () => 'nothing is kept here',
  setPatch: async () => {},
  keepBundle: async () => null,
  dropBundle: async () => {},
};

export interface TestWeb {
  readonly app: Hono;
  readonly store: Store;
  readonly metrics: Metrics;
  /** The page's text. @throws where the answer has another status */
  readonly page: (path: string, status?: number) => Promise<string>;
}

/** The web surface on a new store of one shadow and one live project. */
export async function testWeb(t: TestContext, changes: Partial<WebOptions> = {}): Promise<TestWeb> {
  const store = await tempStore(t);
  const clock = { now: () => NOW };
  const metrics = createMetrics(store, clock);
  const app = createWeb({
    store,
    templatesDirectory: TEMPLATES,
    facts: {
      bot: 'patchbot',
      version: '1.2.3',
      projects: [
        {
          name: 'xen',
          mode: 'shadow',
          gitUrl: 'https://me:secret@git.example.org/xen.git',
          list: null,
          archive: 'https://example.org/list/{msgid}/',
        },
        { name: 'ltp', mode: 'live', gitUrl: null, list: 'ltp@lists.example.org', archive: null },
      ],
      sources: ['xen-imap', 'ltp-archive'],
    },
    apis: NO_APIS,
    readMessage: parseMessage,
    patches: PAGE_PATCHES,
    queries: [
      { name: 'Ready to commit', query: 'ready:yes state:complete' },
      { name: 'Waits for me', query: 'waiting:me' },
    ],
    health: () => ({ checks: [{ name: 'imap', ok: true, detail: 'connected' }] }),
    metrics: metrics.registry,
    clock,
    log: silentLog,
    ...changes,
  });
  const page = async (path: string, status = 200) => {
    const response = await app.request(path);
    const text = await response.text();
    if (response.status !== status) throw new Error(`${path}: ${response.status} in place of ${status}: ${text}`);
    return text;
  };
  return { app, store, metrics, page };
}
