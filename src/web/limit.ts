import type { Context } from 'hono';

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

/** Who asks: the peer; behind a proxy of this machine, the one whom the proxy names. */
export function addressOf(c: Context): string {
  const env = c.env as { readonly incoming?: { readonly socket: { readonly remoteAddress?: string } } } | undefined;
  const peer = env?.incoming?.socket.remoteAddress ?? '';
  const named = /^(?:::ffff:)?127\.|^::1$/.test(peer) ? c.req.header('X-Forwarded-For')?.split(',').at(-1)?.trim() : '';
  return named === undefined || named === '' ? peer : named.slice(0, 64);
}
