import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMessage } from '../../src/mail/parse.ts';
import { rawMail } from '../helpers/mail.ts';

const AUTOMATIC: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'an answer by a machine': { 'Auto-Submitted': 'auto-replied (vacation)' },
  'bulk mail of no list': { Precedence: 'bulk' },
  'a bounce': { 'Return-Path': '<>' },
  'a delivery report': { 'Content-Type': 'multipart/report; boundary=b' },
  'our own mail': { 'X-Patchloom': 'report' },
};

const WRITTEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a mail': {},
  'a mail that says it is no machine': { 'Auto-Submitted': 'no' },
  "a list's mail": { Precedence: 'list', 'List-Id': '<dev.lists.example.org>' },
  "an old list's mail": { Precedence: 'bulk', 'List-Id': '<dev.lists.example.org>' },
};

for (const [what, headers] of Object.entries(AUTOMATIC)) {
  test(`${what} is automatic`, async () => assert.equal((await parseMessage(rawMail(headers))).automatic, true));
}
for (const [what, headers] of Object.entries(WRITTEN)) {
  test(`${what} is not automatic`, async () => assert.equal((await parseMessage(rawMail(headers))).automatic, false));
}
