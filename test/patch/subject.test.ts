import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PatchSubject } from '../../src/patch/patch.ts';
import { parseSubject } from '../../src/patch/subject.ts';

const PLAIN: PatchSubject = {
  title: 'x86: fix',
  reply: false,
  patch: true,
  version: 1,
  revision: 0,
  index: null,
  total: null,
  rfc: false,
  resend: false,
  words: [],
  target: null,
};

const FORMS: readonly [string, Partial<PatchSubject>][] = [
  ['[PATCH] x86: fix', {}],
  ['[PATCH 3/7] x86: fix', { index: 3, total: 7 }],
  ['[PATCH 0/7] x86: fix', { index: 0, total: 7 }],
  ['[PATCH 01/12] x86: fix', { index: 1, total: 12 }],
  ['[XEN PATCH for-4.19 v2 3/7] x86: fix', { version: 2, index: 3, total: 7, words: ['XEN'], target: '4.19' }],
  ['[XEN PATCH v2 for-4.20 0/7] x86: fix', { version: 2, index: 0, total: 7, words: ['XEN'], target: '4.20' }],
  ['[PATCH for-4.19(?) 0/3] x86: fix', { index: 0, total: 3, target: '4.19' }],
  ['[PATCH for-4.19? v5 09/10] x86: fix', { version: 5, index: 9, total: 10, target: '4.19' }],
  ['[PATCH stable-4.17] x86: fix', { target: '4.17' }],
  ['[PATCH v2.1 2/3] x86: fix', { version: 2, revision: 1, index: 2, total: 3 }],
  ['[PATCH v2.1 RFC 17/12] x86: fix', { version: 2, revision: 1, index: 17, total: 12, rfc: true }],
  ['[PATCH RESEND] x86: fix', { resend: true }],
  ['[PATCH][RESEND] x86: fix', { resend: true }],
  ['[RFC PATCH] x86: fix', { rfc: true }],
  ['[RFC] x86: fix', { rfc: true }],
  ['[XEN RFC PATCH 33/40] x86: fix', { rfc: true, index: 33, total: 40, words: ['XEN'] }],
  ['[PATCHv2] x86: fix', { version: 2 }],
  ['[PATCHv2 1/2] x86: fix', { version: 2, index: 1, total: 2 }],
  ['[PATCH1/8] x86: fix', { index: 1, total: 8 }],
  ['[v2PATCH12/15] x86: fix', { version: 2, index: 12, total: 15 }],
  ['[PATCH,v2] x86: fix', { version: 2 }],
  ['[PATCH,v2,1/2] x86: fix', { version: 2, index: 1, total: 2 }],
  ['[PATCH][V2,1/3] x86: fix', { version: 2, index: 1, total: 3 }],
  ['[PATCH v2 1 / 3] x86: fix', { version: 2, index: 1, total: 3 }],
  ['[PATCH 1 of 3] x86: fix', { index: 1, total: 3 }],
  ['[PATCH 1/2 v2] x86: fix', { version: 2, index: 1, total: 2 }],
  ['[v2][PATCH] x86: fix', { version: 2 }],
  ['[Xen-devel] [PATCH v3 2/2] x86: fix', { version: 3, index: 2, total: 2 }],
  ['[LTP] [PATCH 1/1] x86: fix', { index: 1, total: 1 }],
  ['[PATCH livepatch-build-tools (v2)] x86: fix', { version: 2, words: ['LIVEPATCH-BUILD-TOOLS'] }],
  ['[MINI-OS PATCH v2 4/8] x86: fix', { version: 2, index: 4, total: 8, words: ['MINI-OS'] }],
  ['[XTF PATCH v2 1/2] x86: fix', { version: 2, index: 1, total: 2, words: ['XTF'] }],
  ['[UNIKRAFT PATCH v3 2/5] x86: fix', { version: 3, index: 2, total: 5, words: ['UNIKRAFT'] }],
  ['[UNIKRAFT/LIBLWIP PATCH v3] x86: fix', { version: 3, words: ['UNIKRAFT/LIBLWIP'] }],
  ['[OSSTEST PATCH 13/36] x86: fix', { index: 13, total: 36, words: ['OSSTEST'] }],
  ['[ImageBuilder][PATCH v3 1/3] x86: fix', { version: 3, index: 1, total: 3, words: ['IMAGEBUILDER'] }],
  ['[ImageBuilder] [PATCH 1/2] x86: fix', { index: 1, total: 2, words: ['IMAGEBUILDER'] }],
  ['[ImageBuilder 2/5] x86: fix', { index: 2, total: 5, words: ['IMAGEBUILDER'] }],
  ['[ImageBuilder v2] x86: fix', { version: 2, words: ['IMAGEBUILDER'] }],
  ['[ImageBuilder] x86: fix', { words: ['IMAGEBUILDER'] }],
  ['[PATCH [v2] 1/2] x86: fix', { version: 2, index: 1, total: 2 }],
  ['[RFC[DO_NOT_MERGE][PATCH v2 1/1] x86: fix', { rfc: true, version: 2, index: 1, total: 1, words: ['DO_NOT_MERGE'] }],
  ['Re: [PATCH] x86: fix', { reply: true }],
  ['RE: [PATCH] x86: fix', { reply: true }],
  ['AW: SV: [PATCH] x86: fix', { reply: true }],
  ['Antw: [PATCH] x86: fix', { reply: true }],
  ['Re[2]: [PATCH] x86: fix', { reply: true }],
  ['Re: [Xen-devel] [PATCH v3] x86: fix', { reply: true, version: 3 }],
  ['[Xen-devel] Re: [PATCH v3] x86: fix', { reply: true, version: 3 }],
  ['[for-4.18] Re: [PATCH v2] x86: fix', { reply: true, version: 2, target: '4.18' }],
  ['Re: [for-4.18] [PATCH v2] x86: fix', { reply: true, version: 2, target: '4.18' }],
  ['Ping: [PATCH v3 0/4] x86: fix', { reply: true, version: 3, index: 0, total: 4 }],
  ['[GIT PULL] x86: fix', { patch: false, words: ['GIT', 'PULL'] }],
  ['[PULL 00/12] x86: fix', { patch: false, index: 0, total: 12, words: ['PULL'] }],
  ['Re: x86: fix', { reply: true, patch: false }],
  ['x86: fix', { patch: false }],
];

for (const [subject, differences] of FORMS) {
  test(`the subject "${subject}" is understood`, () => {
    assert.deepEqual(parseSubject(subject), { ...PLAIN, ...differences });
  });
}

test('brackets and reply marks behind the patch mark belong to the title', () => {
  assert.equal(parseSubject('[PATCH] ping: [foo] fix').title, 'ping: [foo] fix');
  assert.equal(parseSubject('[PATCH] ping: fix').reply, false);
});

test('a subject of brackets alone, or none, harms nobody', () => {
  for (const subject of [
    '',
    '[',
    ']',
    '['.repeat(5000),
    '[]'.repeat(5000),
    '[PATCH',
    'Re: '.repeat(2000),
    '[PATCH 99999/99999] x',
  ]) {
    assert.equal(typeof parseSubject(subject).title, 'string');
  }
});

test('the word PATCH in a report of a test machine makes no patch', () => {
  const parsed = parseSubject('[xen-unstable-smoke test] 186213: tolerable all pass - PUSHED');
  assert.equal(parsed.patch, false);
});
