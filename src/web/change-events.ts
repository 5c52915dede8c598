import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { SSEStreamingApi } from 'hono/streaming';
import { changeStamp } from '../store/change-stamp.ts';
import type { WebOptions } from './options.ts';
import { projectFilter } from './query.ts';
import { seriesOfChange } from '../store/series.ts';

/** Pages that are told of news at a time; each costs a look at the store now and then. */
const FOLLOWERS = 200;
const LOOK_MS = 2_000;
/** Looks until a line is sent that only keeps the connection. */
const IDLE_LOOKS = 8;
/** A page that is still open after this asks again. */
const LONGEST_MS = 15 * 60_000;

/**
 * `/change/…/events`: server-sent events of a change. `state` comes at once and each time that anything about the change is new; its data is
 * a word that stands for the state, so that a page knows whether it is behind.
 */
export function addChangeEvents(
  app: Hono,
  { store, facts, clock, log }: Pick<WebOptions, 'store' | 'facts' | 'clock' | 'log'>,
  pause: number = LOOK_MS,
): void {
  const projects = facts.projects.map(({ name }) => name);
  let following = 0;
  app.get('/change/:change/events', async (c: Context) => {
    const change = c.req.param('change') ?? '';
    const asked = projectFilter(c.req.query(), projects);
    const project = asked ?? (await seriesOfChange(store.db, change)).at(-1)?.series.project;
    const first = project === undefined ? null : await changeStamp(store.db, change, project);
    if (project === undefined || first === null) return c.notFound();
    if (following >= FOLLOWERS) return c.text('Too many pages are open now.\n', 503, { 'Retry-After': '60' });
    if (c.req.method === 'HEAD') return c.body(null);
    c.header('X-Accel-Buffering', 'no');
    c.header('Cache-Control', 'no-store');
    following += 1;
    const tell = async (out: SSEStreamingApi): Promise<void> => {
      const gone = new AbortController();
      out.onAbort(() => gone.abort());
      const until = clock.now() + LONGEST_MS;
      try {
        let told = '';
        for (let idle = 0; !gone.signal.aborted && clock.now() < until; ) {
          const stamp = await changeStamp(store.db, change, project);
          const word = createHash('sha256')
            .update(stamp ?? '')
            .digest('hex')
            .slice(0, 16);
          if (word !== told) await out.writeSSE({ event: 'state', data: word });
          else if ((idle += 1) % IDLE_LOOKS === 0) await out.write(': nothing new\n\n');
          told = word;
          await sleep(pause, undefined, { signal: gone.signal }).catch(() => {});
        }
      } finally {
        following -= 1;
      }
    };
    // The page connects again by itself.
    return streamSSE(c, tell, async (error) => log.warn({ err: error }, 'events of a change ended'));
  });
}
