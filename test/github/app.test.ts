import assert from 'node:assert/strict';
import { createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { appToken } from '../../src/github/app-token.ts';
import { GITHUB_WEBHOOK } from '../../src/github/webhook.ts';
import { ROOT } from '../../src/root.ts';

interface Manifest {
  readonly hook_attributes: { readonly url: string };
  readonly default_permissions: Readonly<Record<string, string>>;
  readonly default_events: readonly string[];
}

const manifest = parse(readFileSync(join(ROOT, 'app.yml'), 'utf8')) as Manifest;

test('app.yml points to the webhook, may not write workflows, and asks for the events that are listened to', () => {
  assert.equal(new URL(manifest.hook_attributes.url).pathname, GITHUB_WEBHOOK);
  assert.deepEqual(manifest.default_permissions, {
    actions: 'write',
    checks: 'write',
    contents: 'write',
    statuses: 'read',
    metadata: 'read',
  });
  const files = readdirSync(join(ROOT, 'handlers/github'));
  const listeners = new Set(files.map((name) => name.replace('.ts', '').replaceAll('-', '_')));
  for (const event of manifest.default_events) assert.ok(listeners.has(event), event);
});

test('the token of the App is signed with its key and good for ten minutes at most', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const [head = '', payload = '', signature = ''] = appToken(12, privateKey, 1_700_000_000_000).split('.');
  assert.ok(
    createVerify('RSA-SHA256').update(`${head}.${payload}`).verify(createPublicKey(publicKey), signature, 'base64url'),
  );
  assert.deepEqual(JSON.parse(Buffer.from(payload, 'base64url').toString()), {
    iat: 1_699_999_940,
    exp: 1_700_000_540,
    iss: '12',
  });
});
