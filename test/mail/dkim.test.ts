import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { dkimVerdict, type TxtLookup } from '../../src/mail/dkim.ts';
import { rawMail } from '../helpers/mail.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'der' },
});
const RECORD = `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`;

/** A resolver that knows one key. */
const dns: TxtLookup = async (name) => {
  if (name === 's1._domainkey.example.org' || name === 's1._domainkey.lists.example.net') return [[RECORD]];
  throw Object.assign(new Error(`no record ${name}`), { code: 'ENOTFOUND' });
};

const MAIL = rawMail({ Subject: 'Re: [PATCH] x: fix' }, 'Acked-by: Ann Author <ann@example.org>\n');

async function signed(mail: Buffer, domain = 'example.org', options: { maxBodyLength?: number } = {}): Promise<Buffer> {
  const key = { signingDomain: domain, selector: 's1', privateKey, algorithm: 'rsa-sha256', ...options };
  const { signatures } = await dkimSign(mail, { ...key, canonicalization: 'relaxed/relaxed', signatureData: [key] });
  return Buffer.concat([Buffer.from(signatures.replaceAll('\r\n', '\n')), mail]);
}

test('a good signature of the domain in From passes, and names the domain', async () => {
  assert.equal(await dkimVerdict(await signed(MAIL), dns), 'pass example.org');
});

test('a good signature of another domain is not the sender’s', async () => {
  assert.equal(await dkimVerdict(await signed(MAIL, 'lists.example.net'), dns), 'other lists.example.net');
});

test('a mail that was changed on its way is told apart from one that was never signed', async () => {
  const footer = Buffer.concat([await signed(MAIL), Buffer.from('_______\nlist footer\n')]);
  assert.equal(await dkimVerdict(footer, dns), 'broken');
  assert.equal(await dkimVerdict(MAIL, dns), 'none');
});

test('a signature that leaves the end of the body unsigned counts for nothing', async () => {
  const short = await signed(MAIL, 'example.org', { maxBodyLength: 9 });
  assert.equal(await dkimVerdict(short, dns), 'broken');
});

test('a key that cannot be asked for now is unknown, a key that is not there is broken', async () => {
  const mail = await signed(MAIL);
  const down: TxtLookup = async () => {
    throw Object.assign(new Error('timeout'), { code: 'ETIMEOUT' });
  };
  const empty: TxtLookup = async () => {
    throw Object.assign(new Error('none'), { code: 'ENODATA' });
  };
  assert.equal(await dkimVerdict(mail, down), 'unknown');
  assert.equal(await dkimVerdict(mail, empty), 'broken');
});

test('what is no mail at all is no reason to throw', async () => {
  for (const raw of ['', 'DKIM-Signature: \n\n', 'DKIM-Signature: v=1; d=\u0000; s=;b=;\n\nx', '\0\0\n\n\n'])
    assert.match(await dkimVerdict(Buffer.from(raw), dns), /^(?:none|broken)$/);
});
