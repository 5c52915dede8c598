import type { Message } from '../mail/message.ts';
import type { Patch } from '../patch/patch.ts';
import { afterthoughtOf, conditionOf } from './condition.ts';
import { isSamePerson } from './identity.ts';
import { kindOf } from './kinds.ts';
import { nakAt, objectionsIn } from './objection.ts';
import { ownLines, type TextLine } from './own-text.ts';
import { areaIn, type Scope, scopeOf, scopeOfArea } from './scope.ts';
import { shorthandAt, wordsOf } from './soft.ts';
import type { Remark } from './tag.ts';
import { areaBelow, continuation, readTagLine, splitInline, splitTagLine } from './tag-line.ts';

/** Tags of one mail that are kept at most. */
const MAX_REMARKS = 100;
const CONTEXT_LINES = 8;

/** Asked for in a reply, at the start of a line, with a value that has the kind's form. */
const THING =
  /^ {0,2}(Fixes|Amends|Backport|Link|Closes|Resolves|Origin):\s+((?:commit |c\/s )?[0-9a-f]{7,40}\b.{0,200}|https?:\/\/\S{1,500}(?:\s[0-9a-f]{7,40})?|\d+\.\d+\S{0,20}.{0,60})$/i;
/** What the forms without a grammar have in common. */
const BARE = { area: null, conditional: null, scope: null, form: 'line' } as const;

function isTag(line: TextLine | undefined): boolean {
  return line !== undefined && splitTagLine(line.text) !== null;
}

/** Own words above line `at`: its paragraph, or the one before where it begins one; no further than a quote. */
function wordsAbove(lines: readonly TextLine[], at: number): string {
  const found: string[] = [];
  for (let up = at - 1; up >= 0 && found.length < CONTEXT_LINES; up -= 1) {
    const line = lines[up];
    if (line === undefined || !line.own) break;
    if (isTag(line)) continue;
    if (line.text.trim() !== '') found.unshift(line.text);
    else if (found.length > 0) break;
  }
  return found.join('\n');
}

/** Own words below line `at`: scope is sometimes told after the tag ("for the series"). */
function wordsBelow(lines: readonly TextLine[], at: number): string {
  const found: string[] = [];
  for (let down = at + 1; down < lines.length && found.length < 3; down += 1) {
    const line = lines[down];
    if (line === undefined || !line.own) break;
    if (isTag(line)) continue;
    if (line.text.trim() !== '') found.push(line.text);
    else if (found.length > 0) break;
  }
  return found.join('\n');
}

/** Scope that was said in the quote directly above, by whoever wrote it: an "Acked-by" below a quoted "For the series:". */
function quotedScope(lines: readonly TextLine[], at: number): Scope {
  const quote: string[] = [];
  for (let up = at - 1; up >= 0 && quote.length < 6; up -= 1) {
    const line = lines[up];
    if (line === undefined) break;
    if (line.own && line.text.trim() !== '' && !isTag(line)) return null;
    if (!line.own) quote.unshift(line.text.replace(/^[\s>|]+/, ''));
  }
  const tag = quote.findLastIndex((text) => splitTagLine(text) !== null);
  const said = quote.slice(0, Math.max(tag, 0)).findLast((text) => text.trim() !== '');
  return said === undefined ? null : scopeOf(said);
}

/** A tag by the grammar on line `at`, with the words around it that narrow it or make it depend on something. */
function remarkAt(lines: readonly TextLine[], at: number, message: Message): Remark | null {
  const line = lines[at];
  if (line === undefined || !line.own) return null;
  const split = splitTagLine(line.text);
  const inline = split === null ? splitInline(line.text) : null;
  if (split === null && inline === null) return thingAt(line.text, message) ?? nakAt(line.text, message.from);
  const { spelling, value: start } = split ?? inline ?? { spelling: '', value: '' };
  const more = lines[at + 1];
  const value = `${start} ${more?.own === true ? continuation(start, more.text) : ''}`.trim();
  const tag = readTagLine(spelling, value, message.from);
  if (tag === null || (inline !== null && !isSamePerson(tag, message.from))) return null;
  const above = inline === null ? wordsAbove(lines, at) : inline.lead;
  const below = wordsBelow(lines, at);
  const tailScope = tag.tail === null ? scopeOfArea(tag.area) : scopeOf(tag.tail);
  const tailArea = areaIn(tag.tail ?? '');
  const told = tag.tail === null || tailScope !== null || tailArea !== null;
  const condition = told ? (conditionOf(above) ?? afterthoughtOf(below)) : tag.tail;
  const near = more?.own === true && tag.tail === null ? areaBelow(more.text) : null;
  return {
    kind: kindOf(tag.spelling)?.kind ?? tag.spelling,
    name: tag.name,
    email: tag.email,
    value: tag.value,
    area: tag.area ?? tailArea ?? near ?? areaIn(above),
    line: line.text.trim(),
    conditional: condition,
    form: inline === null ? 'line' : 'inline',
    scope: tailScope ?? scopeOf(above) ?? scopeOf(below) ?? quotedScope(lines, at),
  };
}

/** A line that names no person: "Fixes: 0123456789ab". Somebody asks for it; the author takes it over. */
function thingAt(text: string, { from }: Message): Remark | null {
  const found = THING.exec(text);
  const kind = found === null ? null : kindOf(found[1] ?? '');
  if (found === null || kind === null) return null;
  const value = (found[2] ?? '').trim();
  return { ...BARE, kind: kind.kind, name: from.name, email: from.email, value, line: text.trim() };
}

function shorthand(line: TextLine | undefined, message: Message): Remark | null {
  return line?.own === true ? shorthandAt(line.text, message.from) : null;
}

/**
 * Tags in a mail's own words. Quotes, signatures, footers, prose and patches that stand in the text give none; a patch mail
 * gives none either, because its tags are the trailers of its message. Where a mail has no tag, words of approval are kept as what they are.
 */
export function remarksOf(message: Message, patch: Patch | null): Remark[] {
  if (patch !== null) return [];
  const lines = ownLines(message.text);
  const remarks: Remark[] = [];
  for (let at = 0; at < lines.length && remarks.length < MAX_REMARKS; at += 1) {
    const remark = remarkAt(lines, at, message) ?? shorthand(lines[at], message);
    if (remark !== null) remarks.push(remark);
  }
  const own = lines.flatMap((line) => (line.own ? [line.text] : [''])).join('\n');
  for (const spoken of objectionsIn(own, message.from)) {
    if (!remarks.some(({ kind }) => kind === spoken.kind)) remarks.push(spoken);
  }
  if (remarks.some(({ kind }) => kindOf(kind)?.thing !== true)) return remarks;
  return [...remarks, ...wordsOf(own, message.from)];
}
