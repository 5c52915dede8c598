import type { MiddlewareHandler } from 'hono';

/** Nothing but the page itself, its style sheet, its one script from a file of ours, and the icon in it: no script in a page, no frames, no foreign requests. */
export const CONTENT_POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
};

/** Puts the security headers on every answer, unless the answer has a stricter one of its own. */
export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  // Pages are asked for again each time, and answered shortly by their ETag where nothing has changed.
  const { headers, ok, status } = c.res;
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', ok || status === 304 ? 'no-cache' : 'no-store');
};

/** These pages only tell: any method but GET and HEAD is refused before its body is read. */
export const onlyReading: MiddlewareHandler = async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
  return c.text('Only GET and HEAD are allowed here.\n', 405, { Allow: 'GET, HEAD' });
};
