import { createSign } from 'node:crypto';

/**
 * The token by which an App speaks for itself: a JSON Web Token (RFC 7519) signed with RS256, as GitHub's documentation asks ("Generating a
 * JSON Web Token for a GitHub App"): issued a minute ago against clocks that differ, good for nine minutes.
 * @param now epoch ms
 * @throws where the key is not a private key in PEM
 */
export function appToken(appId: number, privateKey: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: seconds - 60, exp: seconds + 540, iss: `${appId}` })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
}
