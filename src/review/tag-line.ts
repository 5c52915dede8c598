import type { Address } from '../mail/message.ts';
import { foldName } from '../series/person.ts';

/** A line of the form `Kind-by: value`, taken apart. */
export interface TagLine {
  /** As written. */
  readonly spelling: string;
  readonly value: string;
  readonly name: string;
  readonly email: string;
  /** Text after `#`, or in brackets, after the address; null where there is none. */
  readonly area: string | null;
  /** Other text after the address, or null: `with the comma dropped`. */
  readonly tail: string | null;
}

/** Column 0 to 2: more blanks mean an example. A semicolon is a slip of the shift key. */
const LINE = /^ {0,2}\*?([A-Za-z][A-Za-z-]{1,40}-by|(?:reviewed|acked|tested) by)\*?\s?[:;]\s*(.*)$/i;
const MAX_VALUE = 400;
/** A tag with its address at the end of a few words: "Otherwise: Reviewed-by: …", "LGTM, Acked-by: …". */
const INLINE =
  /^ {0,2}(\S.{0,79}?)[ (]+\*?((?:[A-Za-z]+-){0,3}(?:reviewed|acked|tested)-by)\*?\s?:\s*([^<>:]{0,100}<[^<>\s]+@[^<>\s]+>.*)$/i;
/** Words that make of the same line a story about a tag. */
const STORY =
  /\b(?:not|n't|never|cannot|without|no|instead|remove|drop|dropped|lost|missing|had|was|were|he|she|they|his|her|their)\b|n't\b|["`]/i;

/** Kind and raw value of a tag line, or null. */
export function splitTagLine(line: string): { spelling: string; value: string } | null {
  if (line.length > MAX_VALUE) return null;
  const found = LINE.exec(line);
  if (found === null) return null;
  return { spelling: (found[1] ?? '').replace(' ', '-'), value: (found[2] ?? '').replace(/\*$/, '').trim() };
}

/** A tag that stands at the end of a few words, and those words; null where there is none or the words tell a story. */
export function splitInline(line: string): { lead: string; spelling: string; value: string } | null {
  if (line.length > MAX_VALUE) return null;
  const found = INLINE.exec(line);
  const lead = found?.[1] ?? '';
  if (found === null || STORY.test(lead)) return null;
  return { lead, spelling: found[2] ?? '', value: (found[3] ?? '').trim() };
}

/** The rest of a value whose address was wrapped to the next line; empty where `next` is something else. */
export function continuation(value: string, next: string | undefined): string {
  if (value.includes('@') || next === undefined || next.length > 200) return '';
  return /^\s{0,8}<[^<>\s]+@[^<>\s]+>.{0,80}$/.test(next) ? next.trim() : '';
}

/** An area that stands in brackets on the line below the tag; `[snip]` and footnotes are none. */
export function areaBelow(next: string | undefined): string | null {
  const found = /^\s{0,8}\[([^\][:]{2,80})\]\s*$/.exec(next ?? '')?.[1]?.trim() ?? '';
  return /[a-z]{2}/i.test(found) && !/^(?:snip|cut|skip|trimm)/i.test(found) ? found : null;
}

/** What HTML mail and copying do to addresses: a link beside the address goes, one in its place becomes it. */
function clean(value: string): string {
  const text = value.replaceAll('&lt;', '<').replaceAll('&gt;', '>');
  const bare = text.replaceAll(/\[?<mailto:[^<>\s]{1,200}>\]?/gi, '');
  return (bare.includes('@') ? bare : text).replaceAll(/mailto:/gi, '').replaceAll('>>', '>');
}

function readTail(text: string): { area: string | null; tail: string | null } {
  const rest = text.trim();
  const area = /^#\s*(.+)$/.exec(rest)?.[1] ?? /^[[(]([^\])]+)[\])]\.?$/.exec(rest)?.[1];
  if (area !== undefined) return { area: area.trim(), tail: null };
  const tail = rest.replace(/^[.,;:>)\s]+/, '').trim();
  return { area: null, tail: tail === '' ? null : tail };
}

/** True where the words are the sender's own name, or its first word. */
function isOwnName(words: string, sender: Address): boolean {
  const [own, said] = [foldName(sender.name), foldName(words)];
  return said !== '' && (own === said || own.split(' ').includes(said));
}

/** Takes the value apart; null where it names nobody: prose ("Reviewed-by: he sent last week"). */
export function readTagLine(spelling: string, value: string, sender: Address): TagLine | null {
  const text = clean(value);
  const full = /^([^<>]{0,200}?)\s*<\s*([^<>\s@]+@[^<>\s@]+)\s*>?(.*)$/.exec(text);
  if (full !== null) {
    const name = (full[1] ?? '').trim().replace(/^"(.*)"$/, '$1');
    return { spelling, value, name, email: full[2] ?? '', ...readTail(full[3] ?? '') };
  }
  const bare = /^([^\s<>@]+@[^\s<>@,;]+[^\s<>@,;.])(.*)$/.exec(text);
  if (bare !== null) return { spelling, value, name: '', email: bare[1] ?? '', ...readTail(bare[2] ?? '') };
  const open = /^([^<>@]{1,100}?)\s+([^\s<>@]+@[^\s<>@]+\.[a-z]{2,})[.,]?$/i.exec(text);
  if (open !== null) return { spelling, value, name: open[1] ?? '', email: open[2] ?? '', area: null, tail: null };
  const [words = ''] = text.split(/[#[(<]/, 1);
  if (!isOwnName(words, sender)) return null;
  return {
    spelling,
    value,
    name: sender.name,
    email: sender.email,
    ...readTail(text.slice(words.length).replace(/^<.*$/, '')),
  };
}
