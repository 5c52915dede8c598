import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../../src/ci/run.ts';
import type { Address } from '../../src/mail/message.ts';
import type { MirrorResult } from '../../src/mirror/mirror.ts';
import type { Answered } from '../../src/report/recipients.ts';
import { loadTemplates } from '../../src/report/template.ts';
import type { SeriesFacts } from '../../src/report/view.ts';
import type { Tag } from '../../src/review/tag.ts';
import type { Series, SeriesPatch } from '../../src/series/series.ts';

export const TEMPLATES = join(import.meta.dirname, '../../templates/mail');
export const templates = loadTemplates((file) => readFileSync(join(TEMPLATES, file), 'utf8'));

export const ann: Address = { name: 'Ann Author', email: 'ann@example.org' };
export const bot: Address = { name: 'Hello patch bot', email: 'bot@lists.example.org' };
export const POSTED = Date.parse('2024-06-28T10:00:00Z');

export function patch(index: number, total: number, subject: string): SeriesPatch {
  const msgid = `<v2-${index}@example.org>`;
  return {
    index,
    total,
    msgid,
    subject,
    author: ann,
    date: '2024-06-28T12:00:00+02:00',
    contentHash: `hash${index}`,
    patchId: null,
    paths: ['hello.c'],
  };
}

export const series: Series = {
  project: 'hello',
  change: 'greet-in-more-languages-1a2b3c4d',
  version: 2,
  revision: 0,
  resend: false,
  rfc: false,
  msgid: '<v2-0@example.org>',
  cover: '<v2-0@example.org>',
  subject: 'Greet in more languages',
  author: ann,
  date: '2024-06-28T12:00:00+02:00',
  posted: POSTED,
  state: 'complete',
  complete: true,
  missing: [],
  target: null,
  supersedes: '<v1-0@example.org>',
  linked: ['the same author and title as v1'],
  patches: [
    patch(1, 3, 'hello: add a table of greetings'),
    patch(2, 3, 'hello: greet in Welsh'),
    patch(3, 3, 'hello: greet in Xhosa'),
  ],
  key: 'f'.repeat(64),
};

export const applied: MirrorResult = {
  state: 'applied',
  base: { rule: 'default-branch', name: 'main', commit: '0123456789abcdef0123456789abcdef01234567' },
  ref: 'refs/heads/patchloom/hello/greet-v2',
  commits: ['1'.repeat(40), '2'.repeat(40), '3'.repeat(40)],
  trees: ['5'.repeat(40), '6'.repeat(40), '4'.repeat(40)],
  tip: '3'.repeat(40),
  tree: '4'.repeat(40),
  step: 'engine',
  because: '',
  already: [],
  conflict: null,
  reason: '',
};

export const conflicting: MirrorResult = {
  ...applied,
  state: 'conflict',
  ref: null,
  commits: ['1'.repeat(40)],
  trees: ['5'.repeat(40)],
  tip: null,
  tree: null,
  conflict: {
    index: 2,
    msgid: '<v2-2@example.org>',
    file: 'hello.c',
    line: 12,
    detail: 'error: patch failed: hello.c:12\nerror: hello.c: patch does not apply',
  },
  reason: 'patch 2/3 does not apply: hello.c:12',
};

/** The same, with its place in the file. */
export const placed: MirrorResult = {
  ...conflicting,
  conflict: {
    index: 2,
    msgid: '<v2-2@example.org>',
    file: 'hello.c',
    line: 12,
    detail: 'error: patch failed: hello.c:12\nerror: hello.c: patch does not apply',
    place: {
      hunk: 1,
      expected: ['    puts("hello");', '    return 0;'],
      there: ['    puts("good day");', '    return 0;'],
      firstLine: 14,
      commits: [{ commit: '7'.repeat(40), subject: 'hello: mind your\nmanners' }],
      fits: { rule: 'nearest', name: 'main', commit: '8'.repeat(40) },
    },
  },
};

export function check(state: Check['state'], of: SeriesPatch | null, more: Partial<Check> = {}): Check {
  return {
    context: 'build',
    state,
    url: null,
    patch: of?.msgid ?? null,
    commit: '1'.repeat(40),
    tree: '4'.repeat(40),
    summary: state === 'fail' ? 'exit 2 after 3.1 s' : 'passed after 2.0 s',
    excerpt:
      state === 'fail'
        ? "hello.c: In function 'greet':\nhello.c:12:9: error: 'shwmae' undeclared\n   12 |   puts(shwmae);"
        : '',
    log: null,
    seconds: 3.1,
    ...more,
  };
}

/** The mail of one of the sample's messages. */
export function answered(index: number, more: Partial<Answered> = {}): Answered {
  const title = index === 0 ? series.subject : (series.patches[index - 1]?.subject ?? '');
  return {
    msgid: `<v2-${index}@example.org>`,
    references: index === 0 ? [] : ['<v2-0@example.org>'],
    subject: `[PATCH v2 ${index}/3] ${title}`,
    from: ann,
    fromHeader: { name: 'Ann Author via hello', email: 'hello@lists.example.org' },
    to: [{ name: '', email: 'Hello@lists.example.org' }],
    cc: [{ name: 'Max Maintainer', email: 'max@example.org' }],
    automatic: false,
    ...more,
  };
}

export function tag(kind: string, more: Partial<Tag> = {}): Tag {
  return {
    kind,
    name: 'Max Maintainer',
    email: 'max@example.org',
    value: 'Max Maintainer <max@example.org>',
    area: null,
    givenIn: '<re@example.org>',
    date: '2024-06-29T09:00:00Z',
    status: 'given',
    sender: 'same',
    dkim: null,
    carriedFrom: null,
    why: 'reply to the patch',
    ...more,
  };
}

export const facts: SeriesFacts = {
  marks: new Map(),
  series,
  tags: {
    cover: [],
    patches: new Map([
      [
        '<v2-1@example.org>',
        [tag('Acked-by'), tag('Reviewed-by', { status: 'conditional', why: 'after "with that fixed"' })],
      ],
      [
        '<v2-2@example.org>',
        [tag('Acked-by', { status: 'carried', carriedFrom: '<v1-2@example.org>', why: 'unchanged since v1' })],
      ],
    ]),
  },
  readiness: { state: 'waiting', missing: ['patch 3: no Acked-by or Reviewed-by by somebody other than the author'] },
  mirror: applied,
  checks: [check('success', series.patches[0] ?? null), check('fail', series.patches[1] ?? null)],
};
