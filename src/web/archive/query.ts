import type { Condition } from '../../store/archive-search.ts';
import type { MailField } from '../../store/mail-words.ts';
import { LONGEST_PHRASE } from '../../store/tsvector.ts';
import { phraseWords } from '../../store/words.ts';

/** A search that cannot be understood; the words are for the one who asked. */
export class QueryError extends Error {}

const LONGEST = 4000;
const MOST_TERMS = 60;

interface Token {
  readonly kind: '(' | ')' | 'and' | 'or' | 'not' | 'term';
  readonly prefix: string;
  readonly value: string;
}

/** A term may be quoted, also with quotes around quotes, as lei writes it. */
const TOKEN = /\s*(?:([()])|(-|NOT\b)?(?:([a-z]{1,8}):)?(?:"{1,2}([^"]*)"{1,2}|([^\s()"]+)))/y;

/**
 * Reads a search in the language of public-inbox, as far as its clients use it: `s:` subject, `f:` sender, `nq:` and bare words in the text, `m:`
 * Message-ID, `patchid:`, `d:`, `dt:` and `rt:` times; quotes, AND, OR, NOT, `-`, parentheses. Prefixes that nobody knows are words; public-inbox's others are refused.
 * @throws QueryError
 */
export function parseQuery(text: string): Condition {
  if (text.length > LONGEST) throw new QueryError(`at most ${LONGEST} characters`);
  const tokens = [...tokensOf(text)];
  if (tokens.length > MOST_TERMS * 3) throw new QueryError(`at most ${MOST_TERMS} terms`);
  const reader = new Reader(tokens);
  const query = reader.either();
  if (query === null || !reader.atEnd) throw new QueryError('the parentheses do not fit, or nothing is asked for');
  return query;
}

function* tokensOf(text: string): Generator<Token> {
  TOKEN.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ''; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [, bracket, not, prefix = '', quoted, bare] = TOKEN.exec(text) ?? [];
    if (TOKEN.lastIndex <= at) throw new QueryError('a quote is not closed');
    if (bracket === '(' || bracket === ')') yield { kind: bracket, prefix: '', value: '' };
    else {
      if (not !== undefined) yield { kind: 'not', prefix: '', value: '' };
      const word = bare ?? '';
      if (prefix === '' && not === undefined && /^(?:AND|OR|NOT)$/.test(word))
        yield { kind: word === 'AND' ? 'and' : word === 'OR' ? 'or' : 'not', prefix: '', value: '' };
      else yield { kind: 'term', prefix, value: quoted ?? word };
    }
  }
}

/** What public-inbox searches besides: receivers, list, files, blobs, hunks and functions. */
const NOT_HERE: ReadonlySet<string> = new Set(
  'a c t tc l n g z dfn dfpre dfpost dfblob dfa dfb dfctx dfhh df'.split(' '),
);

/** `either` := `both` (OR `both`)*; `both` := `one` (AND? `one`)*; `one` := NOT `one` | ( `either` ) | term. */
class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  either(): Condition | null {
    const all: Condition[] = [];
    do {
      const one = this.#both();
      if (one !== null) all.push(one);
    } while (this.#take('or'));
    return joined('or', all);
  }

  #both(): Condition | null {
    const all: Condition[] = [];
    for (;;) {
      this.#take('and');
      const one = this.#one();
      if (one === null) return joined('and', all);
      all.push(one);
    }
  }

  #one(): Condition | null {
    if (this.#take('not')) {
      const of = this.#one();
      return of === null ? null : { kind: 'not', of };
    }
    if (this.#take('(')) {
      this.#depth += 1;
      if (this.#depth > 20) throw new QueryError('too many parentheses');
      const inner = this.either();
      if (inner === null || !this.#take(')')) throw new QueryError('the parentheses do not fit');
      this.#depth -= 1;
      return inner;
    }
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'term') return null;
    this.#at += 1;
    return termOf(token);
  }

  #take(kind: Token['kind']): boolean {
    if (this.#tokens[this.#at]?.kind !== kind) return false;
    this.#at += 1;
    return true;
  }
}

function joined(kind: 'and' | 'or', of: readonly Condition[]): Condition | null {
  return of.length < 2 ? (of[0] ?? null) : { kind, of };
}

function termOf({ prefix, value }: Token): Condition {
  switch (prefix) {
    case 's':
      return phraseOf('subject', value);
    case 'f':
      return { kind: 'from', text: value.replaceAll(/[<>]/g, '').toLowerCase() };
    case 'm':
    case 'mid':
      return { kind: 'msgid', msgid: `<${value.replaceAll(/^<|>$/g, '')}>` };
    case 'patchid':
      return { kind: 'patch-id', id: value.toLowerCase() };
    case 'd':
      return postedTerm(value, /^\d{4}-?\d\d-?\d\d$/.test(value.split('..')[1] ?? '') ? DAY : 0);
    case 'dt':
    case 'rt':
      return postedTerm(value, 0);
    default: {
      // Words would find nothing, and that looks like an answer.
      if (NOT_HERE.has(prefix)) throw new QueryError(`"${prefix}:" is not searched here`);
      const known = prefix === '' || ['nq', 'b', 'bs', 'q'].includes(prefix);
      const text = known ? value : `${prefix} ${value}`;
      const said = phraseOf('words', text);
      // The line that b4 writes stands in no subject.
      const both = (prefix === 'bs' || prefix === '' || prefix === 'change') && !/^change-id: ?\S/.test(value);
      return both ? { kind: 'or', of: [said, phraseOf('subject', text)] } : said;
    }
  }
}

function phraseOf(kind: MailField, text: string): Condition {
  const phrase = phraseWords(text);
  if (phrase.length > LONGEST_PHRASE) throw new QueryError(`at most ${LONGEST_PHRASE} words in a row`);
  return { kind, phrase };
}

/** @param last how long the end of a range lasts: `d:` means its last day, too */
function postedTerm(value: string, last: number): Condition {
  const [start = '', end] = value.split('..');
  const from = start === '' ? null : timeOf(start);
  const to = end === undefined ? (from ?? 0) + DAY : end === '' ? null : timeOf(end) + last;
  return { kind: 'posted', from, to };
}

const DAY = 86_400_000;

/** `20240628`, `2024-06-28`, `20240628153113`, or seconds since 1970. @throws QueryError */
function timeOf(text: string): number {
  const [, y, m, d, hh = '00', mm = '00', ss = '00'] =
    /^(\d{4})-?(\d\d)-?(\d\d)(?:(\d\d)(\d\d)(\d\d))?$/.exec(text) ?? [];
  const at =
    y === undefined && /^\d{9,11}$/.test(text) ? Number(text) * 1000 : Date.parse(`${y}-${m}-${d}T${hh}:${mm}:${ss}Z`);
  if (Number.isNaN(at)) throw new QueryError(`"${text.slice(0, 30)}" is no day`);
  return at;
}
