import { createHash, randomBytes } from 'node:crypto';
import { isSameSecret } from '../util/same-secret.ts';

/** What a token may be allowed. */
export type Right = 'checks' | 'states' | 'delegate' | 'bundles';

/** Somebody who may write through the APIs. The token itself is not known here. */
export interface Token {
  /** User name. */
  readonly name: string;
  /** Lower case. */
  readonly email: string;
  /** `sha256:…` of the token. */
  readonly hash: string;
  readonly may: readonly Right[];
  /** Projects in which it may write; empty: all. */
  readonly projects: readonly string[];
}

/** A token, and what the configuration keeps of it. The token has 192 random bits: nobody guesses it, so a plain hash will do. */
export function newToken(): { readonly token: string; readonly kept: string } {
  const token = randomBytes(24).toString('base64url');
  return { token, kept: keptOf(token) };
}

/** What the configuration keeps of a token. */
function keptOf(token: string): string {
  return `sha256:${createHash('sha256').update(token).digest('hex')}`;
}

/** Whether a token is the one of which this is kept. Takes the same time whatever it is. */
export function isKept(kept: string, given: string): boolean {
  return isSameSecret(keptOf(given.slice(0, 500)), kept);
}

/**
 * Whose token an Authorization header carries: `Token X` (Patchwork), `Bearer X`, or as the password of `Basic` (pwclient's XML-RPC). Null where
 * there is no such header, `unknown` where it is nobody's.
 */
export function tokenOf(header: string | undefined, tokens: readonly Token[]): Token | null | 'unknown' {
  if (header === undefined) return null;
  const [, scheme = '', given = ''] = /^(Token|Bearer|Basic) +(\S{1,500})$/i.exec(header.trim()) ?? [];
  const secret =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(given, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:?/, '')
      : given;
  if (secret === '') return 'unknown';
  return tokens.find(({ hash }) => isKept(hash, secret)) ?? 'unknown';
}

/** Whether a token may do this in a project. */
export function mayWrite(token: Token, right: Right, project: string): boolean {
  return token.may.includes(right) && (token.projects.length === 0 || token.projects.includes(project));
}
