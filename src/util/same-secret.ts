import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether what somebody gave is the secret; it takes the same time whatever was given. An empty secret is nobody's. */
export function isSameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return secret !== '' && timingSafeEqual(digest(given), digest(secret));
}
