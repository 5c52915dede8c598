import assert from 'node:assert/strict';
import { createHash, createVerify, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { renderMessage } from '../../src/mail/render.ts';
import { checkDkimKey, signed } from '../../src/sink/dkim.ts';
import { sampleOutgoing } from '../helpers/samples.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEY = {
  domain: 'example.org',
  selector: 'bot',
  key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
};

/** RFC 6376 §3.4.2: one header field, relaxed. */
function relaxed(field: string): string {
  const colon = field.indexOf(':');
  const value = field
    .slice(colon + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim();
  return `${field.slice(0, colon).trim().toLowerCase()}:${value}`;
}

/** Checks a signature as a receiver does, with the public key in hand. */
function verify(mail: string): { readonly body: boolean; readonly head: boolean; readonly fields: readonly string[] } {
  const end = mail.indexOf('\r\n\r\n');
  const fields = mail.slice(0, end).split(/\r\n(?![ \t])/);
  const signature = fields.find((field) => /^DKIM-Signature:/i.test(field)) ?? '';
  const tag = (name: string): string =>
    (new RegExp(`[;:\\s]${name}=([^;]*)`).exec(signature)?.[1] ?? '').replace(/\s/g, '');
  const body = mail
    .slice(end + 4)
    .replace(/[ \t]+(?=\r\n)/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/(?:\r\n)*$/, '\r\n');
  const names = tag('h').toLowerCase().split(':');
  const lines = names.flatMap((name) =>
    fields.filter((field) => field.toLowerCase().startsWith(`${name}:`)).map(relaxed),
  );
  const unsigned = relaxed(signature.replace(/([;\s]b=)[^;]*/, '$1'));
  const text = `${lines.map((line) => `${line}\r\n`).join('')}${unsigned}`;
  return {
    body: createHash('sha256').update(body, 'latin1').digest('base64') === tag('bh'),
    head: createVerify('sha256').update(text, 'latin1').verify(publicKey, tag('b'), 'base64'),
    fields: names,
  };
}

test('a signed mail verifies, and no longer does where its text or subject is changed', async () => {
  const mail = (await signed(await renderMessage(sampleOutgoing('<a@bot>')), KEY)).toString('latin1');
  const found = verify(mail);
  assert.deepEqual([found.body, found.head], [true, true]);
  for (const name of ['from', 'to', 'subject', 'message-id', 'date', 'in-reply-to', 'references'])
    assert.ok(found.fields.includes(name), name);
  assert.equal(verify(mail.replace('does not build', 'does build')).body, false);
  assert.equal(verify(mail.replace('do it right', 'do it wrong')).head, false);
});

test('what is no private key is told at the start', () => {
  checkDkimKey(KEY);
  assert.throws(() => checkDkimKey({ ...KEY, key: 'secret' }), { code: 'CONFIG_INVALID', message: /no private key/ });
});
