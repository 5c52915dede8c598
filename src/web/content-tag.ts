import { createHash } from 'node:crypto';

/**
 * The ETag of a body that is whole in memory (RFC 9110 §8.8.3). Named before hono's `etag` sees the answer, which else copies the body as a
 * stream and reads it through: on a list of changes that took longer than to ask the store.
 */
export function contentTag(body: string | Uint8Array): string {
  return `"${createHash('sha1').update(body).digest('hex')}"`;
}
