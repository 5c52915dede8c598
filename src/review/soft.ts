import type { Address } from '../mail/message.ts';
import { sentencesOf } from './sentences.ts';
import type { Remark } from './tag.ts';

type Pattern = readonly [kind: string, pattern: RegExp];

/** What people write for a tag where they are in a hurry, at the start of a line. */
const SHORTHAND: readonly Pattern[] = [
  ['Reviewed-by', /^(?:r-b|r-by|rb|rvb|r\/b)(?:[:.,!]|\s*$)/i],
  ['Reviewed-by', /^reviewed(?:-by)?(?: by)? me\b/i],
  ['Acked-by', /^(?:a-b|a-by|a\/b)(?:[:.,!]|\s*$)/i],
  ['Acked-by', /^ack(?:ed|'d)?(?:-by me| by me| from me| for (?:this|the|patch)\b|[:.,!]|\s*$)/i],
  ['Tested-by', /^(?:t-b|t\/b)(?:[:.,!]|\s*$)/i],
];

/** What committers sometimes make a tag of, though it is none. */
const WORDS: readonly Pattern[] = [
  ['Acked-by', /\b(?:so|i) (?:i )?ack(?:ed)?\b|\backed the patch\b|(?:^|\s)\+1(?:\s|$|[.,!])/i],
  [
    'Reviewed-by',
    /\blgtm\b|\blooks? (?:obviously |pretty |all |very )?(?:good|fine|okay|ok|great|correct|reasonable|sane)\b/i,
  ],
  ['Reviewed-by', /\bi(?:'m| am) (?:happy|fine|okay|ok) with (?:this|that|it|the (?:patch|series))\b/i],
  ['Tested-by', /\bi(?:'ve| have)? (?:just )?tested (?:this|it|the|your)\b|\bworks for me\b/i],
];
const NEGATED = /\bnot\b|n't\b|\bwould\b|\bif\b|\bexcept\b|\?\s*$/i;

function remark(kind: string, form: Remark['form'], sentence: string, { name, email }: Address): Remark {
  const value = `${name} <${email}>`;
  return { kind, name, email, value, area: null, line: sentence, conditional: null, scope: null, form };
}

/** A tag in shorthand on one line of somebody's own text, or null. */
export function shorthandAt(text: string, sender: Address): Remark | null {
  const line = text.trimStart();
  if (line.length > 100 || text.length - line.length > 2) return null;
  const found = SHORTHAND.find(([, pattern]) => pattern.test(line));
  return found === undefined ? null : remark(found[0], 'shorthand', line.trim(), sender);
}

/** Approval in words, a suggestion for a person to look at: at most one of each kind, with the sentence that says it. */
export function wordsOf(ownText: string, sender: Address): Remark[] {
  const found = new Map<string, Remark>();
  for (const sentence of sentencesOf(ownText)) {
    if (NEGATED.test(sentence)) continue;
    const kind = WORDS.find(([, pattern]) => pattern.test(sentence))?.[0];
    if (kind !== undefined && !found.has(kind)) found.set(kind, remark(kind, 'words', sentence, sender));
  }
  return [...found.values()];
}
