import type { IncomingMessage } from 'node:http';
import { createNodeMiddleware, createProbot, type Probot } from 'probot';
import { PatchloomError } from '../util/errors.ts';
import { answer, type HttpHandler, readBody } from '../util/http-body.ts';
import type { Log } from '../util/log.ts';
import type { GithubAccount } from './client.ts';

/** Where GitHub's webhook points to. */
export const GITHUB_WEBHOOK = '/webhooks/github';

/** GitHub sends at most 25 MB ("Webhook events and payloads"). */
const BODY_LIMIT = 25 * 2 ** 20;

/**
 * Takes GitHub's webhooks: only with a signature of the secret, and no body larger than GitHub's own limit is read.
 * @param listen attaches the listeners
 * @throws PatchloomError SECRET_MISSING without a secret: Probot would take "development" for it
 */
export async function githubWebhook(
  account: GithubAccount & { readonly webhookSecret: string },
  listen: (app: Probot) => void,
  log: Log,
): Promise<HttpHandler> {
  if (account.webhookSecret.trim() === '')
    throw new PatchloomError('SECRET_MISSING', 'github.webhook_secret is empty: no webhook could be believed');
  const probot = createProbot({
    env: {},
    overrides: {
      appId: account.appId,
      privateKey: account.privateKey,
      secret: account.webhookSecret,
      baseUrl: account.api,
      log: log.child({ part: 'github' }),
    },
  });
  const middleware = await createNodeMiddleware(listen, { probot, webhooksPath: GITHUB_WEBHOOK });
  return async (request, response) => {
    const refusal = refusalOf(request);
    if (refusal !== null) return answer(response, refusal.status, refusal.text, false);
    const body = await readBody(request, BODY_LIMIT).catch(() => null);
    if (body === null) return answer(response, 413, 'the body is too large', false);
    // Listeners may count on an object; what is in it they look at themselves.
    if (!/^\s*\{/.test(body.toString('latin1', 0, 64))) return answer(response, 400, 'not an event');
    await middleware(withBody(request, body), response, () => answer(response, 404, 'not found'));
  };
}

/** What can be told before the body is read. */
function refusalOf(request: IncomingMessage): { status: number; text: string } | null {
  if (request.method !== 'POST') return { status: 405, text: 'only POST is allowed here' };
  if (!/^sha256=[0-9a-f]{64}$/.test(String(request.headers['x-hub-signature-256'] ?? '')))
    return { status: 401, text: 'not signed' };
  if (!/^[a-z_]{1,64}$/.test(String(request.headers['x-github-event'] ?? '')))
    return { status: 400, text: 'not an event' };
  if (Number(request.headers['content-length'] ?? 0) > BODY_LIMIT)
    return { status: 413, text: 'the body is too large' };
  return null;
}

/** The middleware takes the text of a body that was read already from `body`, as other frameworks leave it. */
function withBody(request: IncomingMessage, body: Buffer): IncomingMessage {
  return Object.assign(request, { body: body.toString('utf8') });
}
