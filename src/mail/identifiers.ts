import { allValues, firstValue } from './headers.ts';
import type { HeaderField } from './headers.ts';

const REFERENCES_CAP = 100;
/** RFC 5322 allows lines of 998 characters. */
const MSGID_CAP = 996;
const MSGID = /<([^<>\s\x00-\x1f\x7f]+)>/g;

/** Message-ID with its brackets, or null where there is none that could be referred to. */
export function messageIdOf(fields: readonly HeaderField[], oddities: Set<string>): string | null {
  const value = firstValue(fields, 'message-id');
  if (value === null) return null;
  const [found] = msgidsIn(value);
  if (found !== undefined) return found;
  if (/^[^\s<>\x00-\x1f\x7f]+$/.test(value) && value.length <= MSGID_CAP) {
    oddities.add('Message-ID without brackets');
    return `<${value}>`;
  }
  oddities.add('Message-ID is not readable');
  return null;
}

/** Quoted words and comments of RFC 822 that hold an address: `Your message of "Mon" (Ann <ann@example.org>)`. */
const REMARK = /"[^"<>]{0,500}<[^"]{0,500}"|\([^()<>]{0,500}<[^()]{0,500}\)/g;

/** First id of In-Reply-To; comments beside it are skipped. */
export function inReplyToOf(fields: readonly HeaderField[]): string | null {
  const values = allValues(fields, 'in-reply-to');
  return values.flatMap((value) => msgidsIn(value.replaceAll(REMARK, ' ')))[0] ?? null;
}

/** References without repeats, oldest first: all, or the first (the thread's root) and the last 99. */
export function referencesOf(fields: readonly HeaderField[], oddities: Set<string>): string[] {
  const all = [...new Set(allValues(fields, 'references').flatMap(msgidsIn))];
  if (all.length <= REFERENCES_CAP) return all;
  oddities.add(`${all.length} References, ${REFERENCES_CAP} kept`);
  return [...all.slice(0, 1), ...all.slice(1 - REFERENCES_CAP)];
}

/** List-Id values (RFC 2919) without brackets, lower case, without repeats. */
export function listIdsOf(fields: readonly HeaderField[]): string[] {
  const ids = allValues(fields, 'list-id').map((value) => {
    const open = value.lastIndexOf('<');
    const close = value.indexOf('>', open);
    return (open >= 0 && close > open ? value.slice(open + 1, close) : value).trim().toLowerCase();
  });
  return [...new Set(ids.filter((id) => /^[^\s<>]{1,255}$/.test(id)))];
}

function msgidsIn(value: string): string[] {
  return [...value.matchAll(MSGID)].map((match) => match[0]).filter((id) => id.length <= MSGID_CAP);
}
