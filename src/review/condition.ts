/** The last sentence of a text, where a condition for what follows would stand; empty where that sentence is closed by a stop. */
function openSentence(text: string): string {
  const words = text.slice(-600).replaceAll(/\s+/g, ' ').trim();
  return /[.!?]['")]?$/.test(words) ? '' : (words.split(/[.!?;]\s/).at(-1) ?? '').trim();
}

const DONE =
  '(?:fix(?:ed)?|addressed|changed|adjusted|corrected|updated|removed|dropped|added|resolved|sorted|clarified|renamed|moved|split|done|made|taken|amended|tweaked|replaced|folded|reworded|rephrased|changes?|in place)';
const CONDITION = new RegExp(
  [
    // "With that,", "With this fixed:", "LGTM with the commit message adjusted".
    String.raw`^(?:\w+[ ,]+)?with (?:that|this|these|those|it|them)(?: one)?[,:]?$`,
    String.raw`(?:^|, |\b(?:but|and|so|then|lgtm|good|fine|ok|okay|me) )with .{0,120}\b${DONE}\b`,
    String.raw`\b(?:if (?:you|that|this|so)|once|assuming|provided|providing|as long as|subject to|modulo|unless|on condition)\b`,
    String.raw`^(?:(?:and|so|then|but|albeit) )?if\b`,
    String.raw`\b(?:after|when) (?:you|that|this|these|those|it|fixing|addressing|changing)\b`,
    String.raw`\bfine with (?:that|this|it)\b`,
  ].join('|'),
  'i',
);
/** Wishes that do not hold the tag back. */
const OPTIONAL =
  /\b(?:preferabl[ey]|ideally|optional(?:ly)?|either way|with or without|regardless|not a blocker|up to you|if you (?:like|want|wish|prefer)|if (?:it|this|that)(?:'?s (?:of )?(?:any )?(?:help|use)| helps)|if useful|if (?:needed|necessary))\b/i;
const WITHDRAWAL = /\b(?:withdraw|retract|revoke|take back|drop my|remove my|rescind)/i;

/** The sentence that makes the tag below it depend on something, or null. */
export function conditionOf(above: string): string | null {
  const sentence = openSentence(above);
  if (WITHDRAWAL.test(sentence)) return sentence;
  return CONDITION.test(sentence) && !OPTIONAL.test(sentence) ? sentence.replace(/[,:]$/, '') : null;
}

/** A condition that follows the tag as the rest of its sentence: "with the comma dropped". `below` are the words under the tag. */
export function afterthoughtOf(below: string): string | null {
  const words = below.slice(0, 300).replaceAll(/\s+/g, ' ').trim();
  if (!/^(?:but |albeit )?(?:with|provided|assuming|once|if|as long as|subject to|modulo)\b/.test(words)) return null;
  const sentence = words.split(/[.!?;:](?:\s|$)/)[0] ?? '';
  return CONDITION.test(sentence) && !OPTIONAL.test(sentence) ? sentence : null;
}

/** Whether a condition is in truth a withdrawal: "I withdraw my". */
export function isWithdrawal(condition: string): boolean {
  return WITHDRAWAL.test(condition);
}
