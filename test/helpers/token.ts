import { createHash } from 'node:crypto';
import type { Token } from '../../src/web/tokens.ts';

/** A token for everything, whose owner is called as it is. */
export function tokenFor(secret: string): Token {
  const hash = `sha256:${createHash('sha256').update(secret).digest('hex')}`;
  const may = ['checks', 'states', 'delegate', 'bundles'] as const;
  return { name: secret, email: `${secret}@example.org`, hash, may, projects: [] };
}
