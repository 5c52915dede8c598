import { PatchloomError } from '../util/errors.ts';
import { answer, type HttpHandler, readBody } from '../util/http-body.ts';
import { isSameSecret } from '../util/same-secret.ts';

/** Where GitLab's webhook points to. */
export const GITLAB_WEBHOOK = '/webhooks/gitlab';

const BODY_LIMIT = 5 * 2 ** 20;

/**
 * Takes GitLab's webhooks of pipelines and jobs. GitLab signs nothing: it sends the secret itself (`X-Gitlab-Token`).
 * @throws PatchloomError SECRET_MISSING without a secret
 */
export function gitlabWebhook(secret: string, heard: (project: string, commit: string) => Promise<void>): HttpHandler {
  if (secret.trim() === '')
    throw new PatchloomError('SECRET_MISSING', 'gitlab.webhook_secret is empty: no webhook could be believed');
  return async (request, response) => {
    if (request.method !== 'POST') return answer(response, 405, 'only POST is allowed here', false);
    if (!isSameSecret(String(request.headers['x-gitlab-token'] ?? ''), secret))
      return answer(response, 401, 'wrong token', false);
    const body = await readBody(request, BODY_LIMIT).catch(() => null);
    if (body === null) return answer(response, 413, 'the body is too large', false);
    const news = newsIn(body.toString('utf8'));
    if (news === null) return answer(response, 202, 'nothing to do');
    try {
      await heard(news.project, news.commit);
      answer(response, 200, 'heard');
    } catch {
      // GitLab sends it again, and polling finds out all the same.
      answer(response, 500, 'not now');
    }
  };
}

/** Project and commit of a pipeline or job event ("Webhook events"); null for others and for what is no such event at all. */
function newsIn(text: string): { project: string; commit: string } | null {
  try {
    const event = JSON.parse(text) as Record<string, Record<string, unknown> | undefined> | null;
    const commit = event?.['object_attributes']?.['sha'] ?? event?.['sha'];
    const project = event?.['project']?.['path_with_namespace'];
    return typeof commit === 'string' && typeof project === 'string' ? { project, commit } : null;
  } catch {
    return null;
  }
}
