import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ExtraRule, extraRecipients } from '../../src/report/extra.ts';
import { recipientsOf } from '../../src/report/recipients.ts';
import { answered, bot, series } from './samples.ts';

const max = { name: 'Max', email: 'max@example.org' };
const rule = (more: Partial<ExtraRule>): ExtraRule => ({ paths: [], on: [], to: [], maintainers: false, ...more });
const told = (outcome: string, ...rules: ExtraRule[]) =>
  extraRecipients(rules, { outcome }, series, [max, { name: 'Bot', email: 'ci-bot@example.org' }]).map(
    ({ email }) => email,
  );

test('nobody beside author and list is told without a rule', () => {
  assert.deepEqual(told('conflict:1'), []);
});

test('a rule names paths, what it is about, addresses, and the maintainers of the touched files', () => {
  assert.deepEqual(told('conflict:1', rule({ to: ['arm@example.org'], paths: ['hello.*'] })), ['arm@example.org']);
  assert.deepEqual(told('conflict:1', rule({ to: ['arm@example.org'], paths: ['docs/**'] })), []);
  assert.deepEqual(told('conflict:1', rule({ maintainers: true })), ['max@example.org'], 'a program is no maintainer');
  assert.deepEqual(told('build-failed:1', rule({ to: ['a@x.org'], on: ['conflict'] })), []);
  assert.deepEqual(told('changed:conflict:1 after success', rule({ to: ['a@x.org'], on: ['conflict'] })), ['a@x.org']);
});

test('without a word about what, good news is for nobody else', () => {
  assert.deepEqual(told('success', rule({ to: ['a@x.org'] })), []);
  assert.deepEqual(told('changed:applies after conflict:1', rule({ to: ['a@x.org'] })), []);
  assert.deepEqual(told('success', rule({ to: ['a@x.org'], on: ['success'] })), ['a@x.org']);
});

test('each address comes once, and neither author, bot nor list a second time', () => {
  const rules = [rule({ to: ['A@x.org', 'ann@example.org', 'a@x.org', bot.email, 'hello@lists.example.org'] })];
  const extra = extraRecipients(rules, { outcome: 'conflict:1' }, series, []);
  const found = recipientsOf(answered(1), bot, { to: 'list', lists: ['hello@lists.example.org'], extra });
  assert.deepEqual(
    found?.cc.map(({ email }) => email),
    ['hello@lists.example.org', 'a@x.org'],
  );
});
