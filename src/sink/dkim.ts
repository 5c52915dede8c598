import { createPrivateKey } from 'node:crypto';
import DKIM from 'nodemailer/lib/dkim';
import { PatchloomError } from '../util/errors.ts';

/** With what outgoing mail is signed (RFC 6376): the public half stands in DNS at `selector._domainkey.domain`. */
export interface DkimKey {
  readonly domain: string;
  readonly selector: string;
  /** PEM. */
  readonly key: string;
}

/** @throws PatchloomError CONFIG_INVALID where the key is no private key */
export function checkDkimKey({ key, domain }: DkimKey): void {
  try {
    createPrivateKey(key);
  } catch (error) {
    throw new PatchloomError('CONFIG_INVALID', `smtp.dkim.key for ${domain}: is no private key in PEM`, {
      cause: error,
    });
  }
}

/** The mail with its signature on top. */
export async function signed(mail: Buffer, { domain, selector, key }: DkimKey): Promise<Buffer> {
  const signer = new DKIM({ domainName: domain, keySelector: selector, privateKey: key });
  const chunks: Buffer[] = [];
  for await (const chunk of signer.sign(mail)) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks);
}
