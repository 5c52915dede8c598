import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { isKept } from './tokens.ts';

const COOKIE = 'patchloom-operator';
const HOURS = 12;
const PLACE = '/moderation';

/** Who may moderate: the one whose token has this hash; `url` is how readers reach the pages, if that is known. */
export interface Operator {
  readonly token: string;
  readonly url: string | null;
}

/** Whether the token of a form or a cookie is the operator's. */
export function isToken({ token }: Operator, given: string): boolean {
  return isKept(token, given);
}

/** Whether the browser that asks has logged in. */
export function isLoggedIn(c: Context, operator: Operator): boolean {
  const cookie = getCookie(c, COOKIE);
  return cookie !== undefined && isToken(operator, cookie);
}

/** Keeps the token in the browser for half a day: no script reads it, and no request that another site causes carries it. */
export function logIn(c: Context, { url }: Operator, token: string): void {
  const secure = url?.startsWith('https:') ?? false;
  setCookie(c, COOKIE, token, { path: PLACE, httpOnly: true, sameSite: 'Strict', secure, maxAge: HOURS * 3600 });
}

/** Takes it out of the browser. */
export function logOut(c: Context): void {
  deleteCookie(c, COOKIE, { path: PLACE });
}

/**
 * Whether a form was sent from a page of ours. A browser names the page's origin with every POST; what names another one, or none, was
 * made by somebody else's page. Behind a proxy that changes Host, `web.url` tells what ours is.
 */
export function isFromHere(c: Context, { url }: Operator): boolean {
  const origin = c.req.header('Origin') ?? '';
  if (!URL.canParse(origin)) return false;
  if (url !== null && new URL(url).origin === origin) return true;
  return new URL(origin).host === c.req.header('Host');
}
