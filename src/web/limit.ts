import type { Context, MiddlewareHandler } from 'hono';
import type { Clock } from '../util/clock.ts';

/** How much one address may ask for. */
export interface LimitOptions {
  /** Requests in a row, before they are counted. */
  readonly burst: number;
  readonly perMinute: number;
}

/** Addresses that are kept in mind; the one that has asked longest ago is forgotten first. */
const MOST = 10_000;

/** Counts requests by address: a bucket that fills with time, and that every request takes one from. */
export class Limiter {
  readonly #options: LimitOptions;
  readonly #buckets = new Map<string, { readonly left: number; readonly at: number }>();

  constructor(options: LimitOptions) {
    this.#options = options;
  }

  /** Takes one. @param now epoch ms @returns 0, or the seconds until there is one again */
  take(address: string, now: number): number {
    const { burst, perMinute } = this.#options;
    const known = this.#buckets.get(address) ?? { left: burst, at: now };
    const left = Math.min(burst, known.left + ((now - known.at) / 60_000) * perMinute);
    this.#buckets.delete(address);
    this.#buckets.set(address, { left: left < 1 ? left : left - 1, at: now });
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= MOST) break;
      this.#buckets.delete(oldest);
    }
    return left < 1 ? Math.ceil(((1 - left) * 60) / perMinute) : 0;
  }
}

/** Searches of one address. */
const SEARCHES: LimitOptions = { burst: 40, perMinute: 60 };

/** Lets whoever searches too much wait: a request with `q` in its query takes the store much longer than others. */
export function limitSearches(clock: Clock): MiddlewareHandler {
  const limiter = new Limiter(SEARCHES);
  return async (c, next) => {
    if ((c.req.query('q') ?? '') === '') return next();
    const wait = limiter.take(addressOf(c), clock.now());
    if (wait === 0) return next();
    const words = `Too many searches: again in ${wait} s.`;
    c.header('Retry-After', String(wait));
    return c.req.path.startsWith('/api/') ? c.json({ detail: words, error: words }, 429) : c.text(`${words}\n`, 429);
  };
}

/** Who asks: the peer; behind a proxy of this machine, the one whom the proxy names. */
export function addressOf(c: Context): string {
  const env = c.env as { readonly incoming?: { readonly socket: { readonly remoteAddress?: string } } } | undefined;
  const peer = env?.incoming?.socket.remoteAddress ?? '';
  const named = /^(?:::ffff:)?127\.|^::1$/.test(peer) ? c.req.header('X-Forwarded-For')?.split(',').at(-1)?.trim() : '';
  return named === undefined || named === '' ? peer : named.slice(0, 64);
}
