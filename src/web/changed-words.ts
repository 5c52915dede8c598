import { diffWordsWithSpace } from 'diff';
import type { Token } from './highlight.ts';

/** From one place of a line up to another. */
type Span = readonly [start: number, end: number];

/** Where the words of a line stand that the line on the other side has not. */
interface ChangedWords {
  readonly old: readonly Span[];
  readonly fresh: readonly Span[];
}

/** Longer lines are data more often than words. Characters. */
const LONGEST = 300;
/** What differs in more words is another line; the work grows with it. */
const MOST_EDITS = 40;
/** So much of the longer line at least must be the same for the rest to say something: below it nearly all would be marked. */
const LEAST_SAME = 0.4;

/** Pairs of lines in which words are told apart; in a patch that changes more, each line is read anyway. */
const MOST_PAIRS = 200;

/** A line of a diff as a page shows it. */
interface Line {
  readonly kind: string;
  readonly tokens: readonly Token[];
}

/**
 * Marks the words that changed, where as many lines came as went: each is taken for what has become of the one in its place, as
 * diff-highlight in git's contrib has it.
 * @returns what marks the lines of one file after the other, as far as the work for one page goes
 */
export function wordMarker(): <Row extends Line>(rows: readonly Row[]) => readonly Row[] {
  let left = MOST_PAIRS;
  return (rows) => {
    const marked = [...rows];
    for (let at = 0; at < rows.length; ) {
      const went = runOf(rows, at, 'removed');
      const came = runOf(rows, at + went, 'added');
      if (went === came && went <= left) {
        left -= went;
        for (let one = at; one < at + went; one++) markPair(marked, one, one + went);
      }
      at += Math.max(1, went + came);
    }
    return marked;
  };
}

function runOf(rows: readonly Line[], from: number, kind: string): number {
  let end = from;
  while (rows[end]?.kind === kind) end++;
  return end - from;
}

function markPair(rows: Line[], before: number, after: number): void {
  const [old, fresh] = [rows[before], rows[after]];
  if (old === undefined || fresh === undefined) return;
  const words = changedWords(textOf(old), textOf(fresh));
  if (words === null) return;
  rows[before] = { ...old, tokens: markWords(old.tokens, words.old) };
  rows[after] = { ...fresh, tokens: markWords(fresh.tokens, words.fresh) };
}

function textOf({ tokens }: Line): string {
  return tokens.map(({ text }) => text).join('');
}

/** The words in which a line and what has come in its place differ; null where they are two different lines. */
function changedWords(old: string, fresh: string): ChangedWords | null {
  if (old.length > LONGEST || fresh.length > LONGEST) return null;
  const changes = diffWordsWithSpace(old, fresh, { maxEditLength: MOST_EDITS });
  if (changes === undefined) return null;
  const spans = { old: [] as Span[], fresh: [] as Span[] };
  let [oldAt, newAt, same] = [0, 0, 0];
  for (const { value, added, removed } of changes) {
    if (removed) spans.old.push([oldAt, oldAt + value.length]);
    if (added) spans.fresh.push([newAt, newAt + value.length]);
    if (!removed && !added) same += value.trim().length;
    if (!added) oldAt += value.length;
    if (!removed) newAt += value.length;
  }
  return same < LEAST_SAME * Math.max(old.trim().length, fresh.trim().length) ? null : spans;
}

/** Cuts the tokens of a line where changed words begin and end, and marks those. The joined texts stay the same. */
function markWords(tokens: readonly Token[], spans: readonly Span[]): readonly Token[] {
  const cuts = spans.flat();
  const marked: Token[] = [];
  let start = 0;
  for (const { kind, text } of tokens) {
    const end = start + text.length;
    const inside = cuts.filter((at) => at > start && at < end);
    for (const [from, to] of pairsOf([start, ...inside, end])) {
      const changed = spans.some((span) => span[0] <= from && to <= span[1]);
      marked.push({ kind, text: text.slice(from - start, to - start), ...(changed ? { changed } : {}) });
    }
    start = end;
  }
  return marked;
}

function pairsOf(places: readonly number[]): Span[] {
  return places.slice(1).map((end, at) => [places[at] ?? end, end]);
}
