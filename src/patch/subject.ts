import type { PatchSubject } from './patch.ts';

const MAX_LENGTH = 1000;
const MAX_GROUPS = 20;

/** Marks of a reply in the languages that lists see; `Ping:` is one too when a bracketed part follows. */
const REPLY =
  /^(?:re|aw|sv|vs|antw|antwort|odp|ynt|fwd?|wg|回复|答复)\s{0,3}(?:\[\d{1,3}\]|\^\d{1,3})?\s{0,3}[::]\s{0,10}/iu;
const PING = /^(?:(?:gentle )?ping(?:\s{0,2}\d|[?²³])?)\s{0,3}[::]\s{0,10}(?=\[|re:)/iu;

/** Groups of one word that lists put in front of every subject; they name no project. */
const LIST_NAME = /^(?:ltp|[\w.]{1,30}-(?:devel|dev|users|list|lists|announce|discuss))$/i;

/** Words that mean "this is a patch" on some list, without the word PATCH (ImageBuilder on xen-devel). */
const PATCH_WORDS: ReadonlySet<string> = new Set(['IMAGEBUILDER']);

interface Reading {
  patch: boolean;
  version: number | null;
  revision: number;
  index: number | null;
  total: number | null;
  rfc: boolean;
  resend: boolean;
  target: string | null;
  readonly words: string[];
}

/** Splits `text` after its leading bracketed part; nested brackets belong to it. Null where there is none. */
function takeGroup(text: string): { inner: string; rest: string } | null {
  if (!text.startsWith('[')) return null;
  let depth = 0;
  let end = -1;
  for (let at = 0; at < text.length && end < 0; at += 1) {
    if (text[at] === '[') depth += 1;
    else if (text[at] === ']' && --depth === 0) end = at;
  }
  // A bracket that is opened once too often ("[RFC[DO_NOT_MERGE][PATCH 1/1]") must not swallow the subject.
  if (end < 0) end = text.indexOf(']');
  if (end < 0) return null;
  return { inner: text.slice(1, end).replaceAll(/[[\]]/g, ' '), rest: text.slice(end + 1).trimStart() };
}

/** Words of one bracketed part; `1 / 3` and `1 of 3` become `1/3`. */
function tokensOf(inner: string): string[] {
  return inner
    .replaceAll(/(\d{1,4})\s{0,2}(?:\/|\sof\s)\s{0,2}(\d{1,4})/gi, '$1/$2')
    .split(/[\s,;]+/)
    .map((token) => token.replaceAll(/^[(:_-]+|[):_?-]+$|\(\?\)$/g, ''))
    .filter((token) => token !== '');
}

/** Understands one word; words glued together (`PATCHv2`, `PATCH1/8`, `RFCv3`) are read piece by piece. */
function readToken(token: string, reading: Reading): void {
  const glued = /^(v\d{1,4}(?:\.\d{1,4})?)?(patch(?:es|set)?|rfc|resend|repost)[-_:]?(v?\d.{0,20})?$/i.exec(token);
  if (glued !== null) {
    const word = (glued[2] ?? '').toLowerCase();
    if (word.startsWith('patch')) reading.patch = true;
    else if (word === 'rfc') reading.rfc = true;
    else reading.resend = true;
    for (const part of [glued[1], glued[3]]) if (part !== undefined) readToken(part, reading);
    return;
  }
  const number = /^(\d{1,4})\/(\d{1,4})(?:\/\d{1,4})?$/.exec(token);
  const version = /^v(\d{1,4})(?:\.(\d{1,4}))?$/i.exec(token);
  const target = /^(?:for-(?:xen-)?|stable-|staging-|xen-)?(\d{1,3}\.\d{1,3}(?:\.\d{1,3})?)$/i.exec(token);
  if (number !== null && reading.index === null) {
    reading.index = Number(number[1]);
    reading.total = Number(number[2]);
  } else if (version !== null) {
    if (reading.version !== null) return;
    reading.version = Number(version[1]);
    reading.revision = Number(version[2] ?? 0);
  } else if (target !== null) reading.target ??= target[1] ?? null;
  else if (/^rese(?:nd|nt)\d?$/i.test(token)) reading.resend = true;
  else reading.words.push(token.toUpperCase());
}

function readGroup(inner: string, reading: Reading): void {
  const tokens = tokensOf(inner);
  const [only] = tokens;
  if (tokens.length === 1 && only !== undefined && LIST_NAME.test(only)) return;
  for (const token of tokens) readToken(token, reading);
}

/**
 * Reads the bracketed parts and reply marks in front of a subject. Any order and any number of parts is understood
 * (`[for-4.18] Re: [PATCH v2]`); what is not understood is kept as an upper-case word.
 */
export function parseSubject(subject: string): PatchSubject {
  const reading: Reading = {
    patch: false,
    version: null,
    revision: 0,
    index: null,
    total: null,
    rfc: false,
    resend: false,
    target: null,
    words: [],
  };
  let rest = subject.slice(0, MAX_LENGTH).replaceAll(/\s+/g, ' ').trim();
  let reply = false;
  for (let count = 0; count < MAX_GROUPS; count += 1) {
    // Past the patch mark "re: x" is the title's own: "[PATCH] ping: fix".
    const mark = reading.patch ? null : (REPLY.exec(rest) ?? PING.exec(rest));
    if (mark !== null) {
      reply = true;
      rest = rest.slice(mark[0].length);
      continue;
    }
    const group = takeGroup(rest);
    if (group === null) break;
    readGroup(group.inner, reading);
    rest = group.rest;
  }
  return finish(reading, rest, reply);
}

function finish(reading: Reading, title: string, reply: boolean): PatchSubject {
  const pull = reading.words.includes('PULL') || reading.words.includes('GIT-PULL');
  const said = reading.patch || reading.rfc || reading.index !== null || reading.version !== null;
  return {
    title,
    reply,
    patch: !pull && (said || reading.words.some((word) => PATCH_WORDS.has(word))),
    version: Math.max(1, reading.version ?? 1),
    revision: reading.revision,
    index: reading.index,
    total: reading.total,
    rfc: reading.rfc,
    resend: reading.resend,
    words: reading.words,
    target: reading.target,
  };
}
