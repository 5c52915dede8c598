import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidenceOf } from '../../src/report/evidence.ts';

const ann = { name: 'Ann', email: 'Ann@example.org' };
const message = { from: ann, fromHeader: ann, date: '2026-01-02T00:00:00Z' };
const receipt = { authserv: 'mx.lists.test', verdict: null, oldest: Date.parse('2026-01-01T00:00:00Z') };

function mail(...headers: string[]): Buffer {
  return Buffer.from(`${headers.join('\n')}\nFrom: Ann <Ann@example.org>\nSubject: x\n\n@patchloom hold\n`);
}

const PASS = 'Authentication-Results: mx.lists.test; dkim=pass header.d=example.org';
const signature = (covers: string, domain = 'example.org') =>
  `DKIM-Signature: v=1; a=rsa-sha256; d=${domain}; s=s; h=${covers};\n\tbh=x; b=y`;

test('a signature of the domain of the writer is evidence, by the word of our server or by what was found out at receipt', () => {
  assert.deepEqual(evidenceOf(mail(PASS), message, receipt), { kind: 'dkim', domain: 'example.org' });
  assert.deepEqual(evidenceOf(mail(), message, { ...receipt, authserv: null, verdict: 'pass example.org' }), {
    kind: 'dkim',
    domain: 'example.org',
  });
  assert.equal(evidenceOf(mail(PASS), message, { ...receipt, authserv: null }).kind, 'none');
  assert.equal(evidenceOf(mail(), message, { ...receipt, verdict: 'pass other.test' }).kind, 'none');
});

test('a listed key is evidence for its own address alone', () => {
  assert.deepEqual(evidenceOf(mail(), message, { ...receipt, verdict: 'none; signed ann@example.org' }), {
    kind: 'key',
    name: 'ann@example.org',
  });
  for (const verdict of ['none; signed mal@example.org', 'none; bad signature of ann@example.org'])
    assert.equal(evidenceOf(mail(), message, { ...receipt, verdict }).kind, 'none');
});

test('a genuine mail cannot be put into another thread: its signature has to cover its name or what it answers', () => {
  const kind = (...headers: string[]) => evidenceOf(mail(PASS, ...headers), message, receipt).kind;
  assert.equal(kind(signature('from:to:subject:date')), 'none');
  assert.equal(kind(signature('From:Message-ID')), 'dkim');
  assert.equal(kind(signature('from:in-reply-to')), 'dkim');
  assert.equal(kind(signature('from'), signature('from:message-id')), 'none', 'one may be there for show');
  assert.equal(kind(signature('from', 'lists.test'), signature('from:message-id')), 'dkim');
  const signed = (covers: string) =>
    `X-Developer-Signature: v=1; a=ed25519-sha256; i=ann@example.org; h=${covers}; b=x`;
  const byKey = (covers: string) =>
    evidenceOf(mail(signed(covers)), message, { ...receipt, verdict: 'none; signed ann@example.org' }).kind;
  assert.deepEqual([byKey('from:subject'), byKey('from:subject:date:message-id')], ['none', 'key']);
});

test('what was written long ago, or under a name that a list has changed, is no request of now', () => {
  const reason = (more: Partial<typeof message>) => evidenceOf(mail(PASS), { ...message, ...more }, receipt);
  assert.deepEqual(reason({ date: '2025-12-31T00:00:00Z' }), { kind: 'none', reason: 'it was written long ago' });
  assert.equal(reason({ date: 'nonsense' }).kind, 'none');
  assert.equal(reason({ fromHeader: { name: 'Ann via dev', email: 'dev@lists.test' } }).kind, 'none');
});
