import type { Context } from 'hono';
import { ApiError, type Asked } from './asked.ts';

/** Which page is asked for. */
export interface Paging {
  readonly page: number;
  readonly size: number;
  readonly offset: number;
}

const USUAL = 30;
const MOST = 250;

/** `page` and `per_page` of a request. A size that cannot be given is the usual one, as Patchwork has it. @throws ApiError 404 */
export function pagingOf(c: Context, most: number = MOST): Paging {
  const size = whole(c.req.query('per_page')) ?? USUAL;
  const page = c.req.query('page') === undefined ? 1 : whole(c.req.query('page'));
  if (page === null || page > 1e7) throw new ApiError(404, 'Invalid page.');
  const used = Math.min(size, most);
  return { page, size: used, offset: (page - 1) * used };
}

function whole(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

/**
 * Answers with one page. `Link` has `next` as its first part, because clients look for it at fixed places.
 * @throws ApiError 404 for a page beyond the end
 */
export function answerPage(c: Context, asked: Asked, paging: Paging, total: number, rows: readonly object[]): Response {
  const last = Math.max(1, Math.ceil(total / paging.size));
  if (paging.page > last) throw new ApiError(404, 'Invalid page.');
  const own = new URL(c.req.url);
  const link = (page: number, rel: string): string => {
    const query = new URLSearchParams(own.search);
    query.set('page', String(page));
    return `<${asked.origin}${own.pathname}?${query.toString()}>; rel="${rel}"`;
  };
  const { page } = paging;
  const links = [
    ...(page < last ? [link(page + 1, 'next')] : []),
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(last > 1 ? [link(1, 'first'), link(last, 'last')] : []),
  ];
  if (links.length > 0) c.header('Link', links.join(', '));
  return c.json(rows);
}
