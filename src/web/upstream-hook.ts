import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { answer, type HttpHandler, readBody } from '../util/http-body.ts';
import { isSameSecret } from '../util/same-secret.ts';

/** GitHub sends at most 25 MB ("Webhook events and payloads"). */
const BODY_LIMIT = 25 * 2 ** 20;

/** Where the news of a project's upstream go. */
export function upstreamHookPath(project: string): string {
  return `/webhooks/upstream/${encodeURIComponent(project)}`;
}

/**
 * Is told that upstream has moved, by whoever knows the secret: GitHub signs with it (`X-Hub-Signature-256`), GitLab and Gitea-like forges send
 * it (`X-Gitlab-Token`), a hook of one's own gives it as `Authorization: Bearer`. Nothing of the body is believed: upstream is looked at.
 * 202: heard; 401: not by the secret; 405: not a POST; 413: too large;
 * 503: `moved` failed.
 */
export function upstreamHook(secret: string, moved: () => Promise<void>): HttpHandler {
  return async (request, response) => {
    if (request.method !== 'POST') return answer(response, 405, 'only POST is allowed here', false);
    if (!isSigned(request) && !gaveSecret(request, secret))
      return answer(response, 401, 'the secret is missing', false);
    const body = await readBody(request, BODY_LIMIT).catch(() => null);
    if (body === null) return answer(response, 413, 'the body is too large', false);
    if (!gaveSecret(request, secret) && !isSignedWith(request, body, secret))
      return answer(response, 401, 'signed with another secret');
    const heard = await moved().then(
      () => true,
      () => false,
    );
    // Whoever sends it tries again.
    if (heard) answer(response, 202, 'heard');
    else answer(response, 503, 'it cannot be kept now');
  };
}

function gaveSecret({ headers }: IncomingMessage, secret: string): boolean {
  const bearer = /^Bearer (.{1,500})$/i.exec(headers.authorization ?? '')?.[1];
  return isSameSecret(bearer ?? String(headers['x-gitlab-token'] ?? ''), secret);
}

/** Before the body is read: whether it claims to be signed at all. */
function isSigned({ headers }: IncomingMessage): boolean {
  return /^sha256=[0-9a-f]{64}$/.test(String(headers['x-hub-signature-256'] ?? ''));
}

function isSignedWith({ headers }: IncomingMessage, body: Buffer, secret: string): boolean {
  const sum = createHmac('sha256', secret).update(body).digest('hex');
  return isSameSecret(String(headers['x-hub-signature-256'] ?? ''), `sha256=${sum}`);
}
