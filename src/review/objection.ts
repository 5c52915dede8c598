import type { Address } from '../mail/message.ts';
import { kindOf } from './kinds.ts';
import { sentencesOf } from './sentences.ts';
import type { Remark } from './tag.ts';

/** A bare NAK at the start of a line; in a sentence it may be somebody else's, or history. */
const NAK = /^ {0,2}(?:NAK|NACK|Nacked)(?:[.,!:;]|\s+(?:to|for|on|from)\b|\s*$)/;
const OBJECTION =
  /^(?:(?:so|but|and|sorry|no|hmm|well)[, ]+){0,3}I (?:(?:still|also|do|really|strongly|must|have to) ){0,3}object(?:[.,;:!]| to (?:this|that|it|the|such|these)\b|$)/i;
/** "I withdraw my Acked-by", "Please drop my R-b"; with the tag below them such words are a condition (`conditionOf`). */
const WITHDRAWAL = new RegExp(
  [
    String.raw`^(?:(?:so|but|and|then|sorry|ok|okay)[, ]+){0,3}`,
    String.raw`(?:(?:I (?:hereby |have to |must |do |want to |would like to )?|let me )(?:withdraw|retract|revoke|rescind|take back)`,
    String.raw`|(?:please |pls )?(?:drop|remove)) my (?:earlier |previous |old )?`,
    String.raw`((?:[a-z]{2,12}-){0,3}[a-z]{2,12}-by|r-?b|a-?b|t-?b|n?ack|nak|objection)\b`,
  ].join(''),
  'i',
);
const NOT_MEANT = /\bnot\b|n't\b|\bif\b|\?$/i;
const SHORT: Readonly<Record<string, string>> = {
  rb: 'Reviewed-by',
  ab: 'Acked-by',
  tb: 'Tested-by',
  ack: 'Acked-by',
  nack: 'Nacked-by',
  nak: 'Nacked-by',
  objection: 'Nacked-by',
};

function remark(kind: string, line: string, { name, email }: Address): Remark {
  const value = `${name} <${email}>`;
  return { kind, name, email, value, area: null, line, conditional: null, scope: null, form: 'line' };
}

/** A bare NAK on one line of somebody's own text, or null. */
export function nakAt(text: string, sender: Address): Remark | null {
  return text.length <= 400 && NAK.test(text) ? remark('Nacked-by', text.trim(), sender) : null;
}

/** Objections and withdrawals that are said in a sentence, without a tag line; at most one of each kind. */
export function objectionsIn(ownText: string, sender: Address): Remark[] {
  const found = new Map<string, Remark>();
  for (const sentence of sentencesOf(ownText)) {
    if (NOT_MEANT.test(sentence)) continue;
    if (OBJECTION.test(sentence)) found.set('object', { ...remark('Nacked-by', sentence, sender), form: 'words' });
    const taken = WITHDRAWAL.exec(sentence)?.[1]?.toLowerCase();
    const kind = taken === undefined ? undefined : (SHORT[taken.replace('-', '')] ?? kindOf(taken)?.kind);
    if (kind !== undefined)
      found.set(kind, { ...remark(kind, sentence, sender), form: 'words', conditional: sentence });
  }
  return [...found.values()];
}
