import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ApiOptions } from './apis.ts';
import { tokenOf } from './tokens.ts';

/** Where results are posted to. */
export const CHECKS_PATH = '/api/checks';

const BODY_LIMIT = 512 * 1024;
const STATES = ['pending', 'success', 'warning', 'fail', 'infrastructure'] as const;

/** A result as it was posted, checked as far as its own text goes. */
export interface ChecksPost {
  readonly commit: string | null;
  readonly msgid: string | null;
  readonly context: string;
  readonly state: (typeof STATES)[number];
  readonly url: string | null;
  readonly summary: string;
  readonly log: string;
  readonly seconds: number;
}

/**
 * `POST /api/checks`: results of any other CI, as a form or JSON, by one who has a token for `checks`. 201: kept; 400: not understood; 401: no
 * or a wrong token; 403: a token for other things; 405: not a POST; 409: nothing that it could belong to; 413: too large.
 */
export function addChecksApi(app: Hono, { tokens, keepCheck }: Pick<ApiOptions, 'tokens' | 'keepCheck'>): void {
  const refuse = (c: Context, status: 400 | 401 | 403 | 405 | 409 | 413, error: string) =>
    c.json({ error }, status, { 'Cache-Control': 'no-store' });
  app.post(
    CHECKS_PATH,
    bodyLimit({ maxSize: BODY_LIMIT, onError: (c) => refuse(c, 413, 'at most 512 KiB') }),
    async (c) => {
      const token = tokenOf(c.req.header('Authorization'), tokens);
      if (token === null || token === 'unknown') return refuse(c, 401, 'give the token: "Authorization: Bearer TOKEN"');
      if (!token.may.includes('checks')) return refuse(c, 403, `the token "${token.name}" may not post checks`);
      const posted = readPost(await fieldsOf(c));
      if (typeof posted === 'string') return refuse(c, 400, posted);
      const why = await keepCheck({ ...posted, project: null, token });
      return why === null ? c.json({ kept: true }, 201) : refuse(c, 409, why);
    },
  );
  app.all(CHECKS_PATH, (c) => {
    c.header('Allow', 'POST');
    return refuse(c, 405, 'results are only posted here');
  });
}

async function fieldsOf(c: Context): Promise<Readonly<Record<string, unknown>>> {
  const json = (c.req.header('Content-Type') ?? '').startsWith('application/json');
  const read: Promise<unknown> = json ? c.req.json() : c.req.parseBody();
  const fields = await read.catch(() => null);
  return typeof fields === 'object' && fields !== null && !Array.isArray(fields) ? { ...fields } : {};
}

/** The fields, or in words what is wrong with them. */
function readPost(fields: Readonly<Record<string, unknown>>): ChecksPost | string {
  const text = (name: string, most: number) => {
    const value = fields[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, most) : '';
  };
  const context = text('context', 65);
  if (!/^[\w.-]{1,64}$/.test(context)) return 'context: up to 64 letters, digits, ".", "_" and "-"';
  const state = STATES.find((one) => one === text('state', 20));
  if (state === undefined) return `state: one of ${STATES.join(', ')}`;
  const commit = text('commit', 65).toLowerCase();
  const msgid = text('message', 999);
  if ((commit === '') === (msgid === '')) return 'give one of commit and message';
  if (commit !== '' && !/^[0-9a-f]{40,64}$/.test(commit)) return 'commit: a full id';
  if (msgid !== '' && !/^<?[^<>\s]{1,990}>?$/.test(msgid)) return 'message: a Message-ID';
  const url = text('url', 2001);
  if (url !== '' && (!/^https?:\/\/[^\s"<>]{1,1990}$/.test(url) || !URL.canParse(url))) return 'url: http or https';
  const seconds = Number(text('seconds', 20) || 0);
  return {
    commit: commit === '' ? null : commit,
    msgid: msgid === '' ? null : `<${msgid.replace(/^<|>$/g, '')}>`,
    context,
    state,
    url: url === '' ? null : url,
    summary: text('summary', 300)
      .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
      .trim(),
    log: text('log', BODY_LIMIT),
    seconds: Number.isFinite(seconds) && seconds >= 0 ? seconds : 0,
  };
}
