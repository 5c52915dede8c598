import { createHash } from 'node:crypto';
import type { Check } from '../../src/ci/run.ts';
import type { OutgoingMessage } from '../../src/mail/outgoing.ts';
import type { MirrorResult } from '../../src/mirror/mirror.ts';
import type { Readiness, SeriesTags, Tag } from '../../src/review/tag.ts';
import type { Entry } from '../../src/series/entry.ts';
import type { Disposition, Series } from '../../src/series/series.ts';
import type { NewMessage } from '../../src/store/messages.ts';

const AUTHOR = { name: 'Ada Example', email: 'ada@example.org' };
const DATE = '2024-06-28T15:31:13+01:00';

export function sampleEntry(msgid: string): Entry {
  return {
    msgid,
    inReplyTo: null,
    references: [],
    from: AUTHOR,
    recipients: [],
    listIds: ['list.example.org'],
    subject: '[PATCH] lib: do it right',
    parsed: {
      title: 'lib: do it right',
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
    },
    date: DATE,
    posted: 1000,
    automatic: false,
    patch: null,
    changeId: null,
    broken: null,
  };
}

/** A mail whose bytes are `text`. */
export function sampleMessage(msgid: string, text: string, changes: Partial<NewMessage> = {}): NewMessage {
  const raw = Buffer.from(text, 'latin1');
  const hash = createHash('sha256').update(raw).digest('hex');
  const digest = { entry: sampleEntry(msgid), remarks: [], trailers: [] };
  return { hash, msgid, posted: 1000, received: 2000, rank: 0, source: 'test', raw, digest, words: '', ...changes };
}

export function sampleSeries(name: string, changes: Partial<Series> = {}): Series {
  const msgid = `<${name}-1@example.org>`;
  return {
    project: 'xen',
    change: `change-${name}`,
    version: 1,
    revision: 0,
    resend: false,
    rfc: false,
    msgid,
    cover: null,
    subject: `lib: do ${name} right`,
    author: AUTHOR,
    date: DATE,
    posted: 1000,
    state: 'complete',
    complete: true,
    missing: [],
    target: null,
    supersedes: null,
    linked: [],
    patches: [
      {
        index: 1,
        total: 1,
        msgid,
        subject: `lib: do ${name} right`,
        author: AUTHOR,
        date: DATE,
        contentHash: 'c0ffee',
        patchId: null,
        paths: ['lib/a.c'],
      },
    ],
    key: `key-${name}`,
    ...changes,
  };
}

export function sampleTags(msgid: string): SeriesTags {
  const tag: Tag = {
    kind: 'Reviewed-by',
    name: 'Bob Example',
    email: 'bob@example.org',
    value: 'Bob Example <bob@example.org>',
    area: null,
    givenIn: '<reply@example.org>',
    date: DATE,
    status: 'given',
    sender: 'same',
    dkim: null,
    carriedFrom: null,
    why: 'reply to the patch',
  };
  return { cover: [], patches: new Map([[msgid, [tag]]]) };
}

export const WAITING: Readiness = { state: 'waiting', missing: ['patch 1: no Acked-by'] };

export function sampleDisposition(msgid: string, changes: Partial<Disposition> = {}): Disposition {
  return { msgid, kind: 'patch', project: 'xen', series: msgid, about: null, reason: 'patch 1/1 of v1', ...changes };
}

export function sampleMirror(base: string | null, changes: Partial<MirrorResult> = {}): MirrorResult {
  return {
    state: 'applied',
    base: base === null ? null : { rule: 'default-branch', name: 'staging', commit: base },
    ref: 'refs/heads/patchloom/one',
    commits: ['c1'],
    trees: ['t1'],
    tip: 'c1',
    tree: 't1',
    step: 'engine',
    because: '',
    already: [],
    conflict: null,
    reason: '',
    ...changes,
  };
}

export function sampleCheck(context: string, changes: Partial<Check> = {}): Check {
  return {
    context,
    state: 'success',
    url: null,
    patch: null,
    commit: 'c1',
    tree: 't1',
    summary: 'exit 0 after 1.0 s',
    excerpt: '',
    log: null,
    seconds: 1.25,
    ...changes,
  };
}

export function sampleOutgoing(msgid: string): OutgoingMessage {
  return {
    msgid,
    from: { name: 'bot', email: 'bot@example.org' },
    to: [AUTHOR],
    cc: [],
    subject: 'Re: [PATCH] lib: do it right',
    inReplyTo: '<one-1@example.org>',
    references: ['<one-1@example.org>'],
    date: DATE,
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: 'It does not build.\n',
  };
}
