import type { Address } from '../mail/message.ts';
import { isSamePerson } from './identity.ts';
import { ownLines, type TextLine } from './own-text.ts';
import { splitTagLine } from './tag-line.ts';

/** A reply to a patch, as far as its comments are looked for. */
export interface ReplyMail {
  readonly msgid: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly from: Address;
  /** Epoch ms. */
  readonly posted: number;
  readonly text: string;
}

/** What somebody wrote below a quote, or without one. */
export interface InlineComment {
  readonly msgid: string;
  readonly from: Address;
  readonly posted: number;
  /** Line of the patch that it stands below, from 0; null where it is about the patch as a whole. */
  readonly line: number | null;
  readonly text: string;
  /** Whether somebody else has answered it. */
  readonly answered: boolean;
}

/** So many lines of a quote, from its end, are looked for in the patch. */
const QUOTE_LINES = 12;
/** A line that was wrapped by the quoting mail program is still known by so many characters. */
const WRAPPED = 24;
/** Comments of one thread. */
const MOST = 500;

const QUOTE_MARKS = /^(?:\s{0,3}[>|] ?)+/;
/** A line that says something by itself. */
const TELLING = /\w.*\w.*\w/;
const ATTRIBUTION = /(?:wrote|writes|schrieb|écrit|написал|kirjoitti)\s*:?\s*$/i;
const CLOSING =
  /^(?:lgtm|looks good(?: to me)?|thanks|thank you|thx|cheers|(?:best |kind |many )?(?:regards|thanks|wishes)|br|hi|hello|hey|dear|~)\b.{0,40}$/i;

/**
 * Comments of a patch's replies, each at the line of the patch that it was written below, found by the quote above it; by time of posting.
 * A thread may quote quotes: the line is looked for whatever marks stand before it. Mails that only give tags, greet or sign have no comments.
 * @param patch lines of the patch as mailed: its message, then its diff
 */
export function inlineComments(patch: readonly string[], replies: readonly ReplyMail[]): readonly InlineComment[] {
  const places = placesOf(patch);
  const found: Omit<InlineComment, 'answered'>[] = [];
  for (const mail of replies.toSorted((a, b) => a.posted - b.posted || (a.msgid < b.msgid ? -1 : 1))) {
    if (found.length >= MOST) break;
    found.push(...commentsIn(mail, patch, places));
  }
  return found.slice(0, MOST).map((one) => Object.assign(one, { answered: isAnswered(one, replies) }));
}

/** A line as it is compared: quoting changes blanks only. */
function keyOf(line: string): string {
  return line.replace(/\s+/g, ' ').trim();
}

function placesOf(patch: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [at, line] of patch.entries()) {
    const key = keyOf(line);
    if (key === '') continue;
    const known = places.get(key);
    if (known === undefined) places.set(key, [at]);
    else known.push(at);
  }
  return places;
}

function commentsIn(
  mail: ReplyMail,
  patch: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
): Omit<InlineComment, 'answered'>[] {
  const { msgid, from, posted } = mail;
  const comments: Omit<InlineComment, 'answered'>[] = [];
  let quote: string[] = [];
  let last = -1;
  for (const { own, lines } of runsOf(ownLines(mail.text))) {
    if (!own) {
      quote = lines.map((line) => line.replace(QUOTE_MARKS, ''));
      continue;
    }
    const text = wordsOf(lines, from);
    const line = quote.length === 0 ? null : anchorOf(quote, patch, places, last);
    if (line !== null) last = line;
    if (text !== '') comments.push({ msgid, from, posted, line, text });
  }
  return comments;
}

/** Quotes and own words by turns. A blank line belongs to what stands around it. */
function runsOf(lines: readonly TextLine[]): { own: boolean; lines: string[] }[] {
  const runs: { own: boolean; lines: string[] }[] = [];
  for (const [at, { own, text }] of lines.entries()) {
    const blank = own && text.trim() === '';
    const last = runs.at(-1);
    // A blank line within a quote that goes on is a mail program's doing.
    const quoted = blank && last?.own === false && lines[at + 1]?.own === false;
    if (last !== undefined && (last.own === own || quoted)) last.lines.push(text);
    else runs.push({ own, lines: [text] });
  }
  return runs;
}

/** The words of a run that are a comment: without tags, greetings, the name below, and the line that says whom is quoted. */
function wordsOf(lines: readonly string[], from: Address): string {
  const names = from.name.toLowerCase().split(/[\s,]+/);
  const said = lines.filter((line, at) => {
    const text = line.trim();
    const bare = text.toLowerCase().replace(/[,.]$/, '');
    if (splitTagLine(line) !== null || CLOSING.test(text) || names.includes(bare) || bare === from.name.toLowerCase())
      return false;
    const next = lines[at + 1]?.trim() ?? '';
    return !ATTRIBUTION.test(text) && !(ATTRIBUTION.test(next) && /^(?:On|Am|Le|\d)/.test(text));
  });
  const words = said
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\s+$/g, '');
  return /\p{L}/u.test(words) ? words : '';
}

/** The line of the patch that a quote ends with. Of several equal lines the one with the most equal lines above it, then the next one down. */
function anchorOf(
  quote: readonly string[],
  patch: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  last: number,
): number | null {
  const keys = quote.map(keyOf);
  for (let at = keys.length - 1; at >= Math.max(0, keys.length - QUOTE_LINES); at -= 1) {
    const key = keys[at] ?? '';
    if (key.length < 2) continue;
    const candidates = places.get(key) ?? wrapped(key, patch);
    let best: { place: number; score: number } | null = null;
    for (const place of candidates.slice(0, 200)) {
      const agreed = agreement(keys, at, patch, place);
      // A lone brace is everywhere.
      if (agreed === 0 && !TELLING.test(key)) continue;
      const score = agreed * 2 + (place > last ? 1 : 0);
      if (best === null || score > best.score) best = { place, score };
    }
    if (best !== null) return best.place;
  }
  return null;
}

function wrapped(key: string, patch: readonly string[]): readonly number[] {
  if (key.length < WRAPPED) return [];
  return patch.flatMap((line, at) => (keyOf(line).startsWith(key) ? [at] : []));
}

/** How many lines above both places are equal, in a row. */
function agreement(keys: readonly string[], at: number, patch: readonly string[], place: number): number {
  let score = 0;
  for (let up = 1; up <= QUOTE_LINES && up <= at && up <= place; up += 1) {
    if (keys[at - up] !== keyOf(patch[place - up] ?? '')) break;
    score += 1;
  }
  return score;
}

/** Answered is what a later mail of somebody else, below this one, quotes a line of, or answers without any quote. */
function isAnswered(comment: Omit<InlineComment, 'answered'>, replies: readonly ReplyMail[]): boolean {
  const own = comment.text.split('\n', 200).map(keyOf);
  return replies.some((mail) => {
    const below = mail.inReplyTo === comment.msgid || mail.references.includes(comment.msgid);
    if (!below || mail.posted < comment.posted || isSamePerson(mail.from, comment.from)) return false;
    const quotes = mail.text.split('\n', 5000).filter((line) => /^ {0,3}[>|]/.test(line));
    if (quotes.length === 0) return mail.inReplyTo === comment.msgid;
    return quotes.some((line) => {
      const key = keyOf(line.replace(QUOTE_MARKS, ''));
      return TELLING.test(key) && own.some((one) => key === one || (key.length >= WRAPPED && one.startsWith(key)));
    });
  });
}

/** What became of a commented line in another version of the patch: it is still there, or not; with its words, whatever mark they have. */
export function fateOf(line: string, other: readonly string[]): 'kept' | 'gone' {
  const words = keyOf(line.replace(/^[-+ ]/, ''));
  const stays = other.some((one) => !one.startsWith('-') && keyOf(one.replace(/^[+ ]/, '')) === words);
  return stays ? 'kept' : 'gone';
}
