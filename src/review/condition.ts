/** The last sentence of a text, where a condition for what follows would stand. */
function lastSentence(text: string): string {
  const words = text.slice(-600).replaceAll(/\s+/g, ' ').trim();
  return (
    words
      .split(/[.!?;](?:\s|$)/)
      .findLast((sentence) => sentence.trim() !== '')
      ?.trim() ?? ''
  );
}

const FIXED =
  '(?:fix|address|chang|adjust|correct|updat|remov|dropp|add|resolv|sort|clarif|renam|mov|split|done|made|tak|amend|tweak|chang|replac|in place|folded|reworded|rephrased)';
const CONDITION = new RegExp(
  [
    // "With that," and "With this fixed:"; "with the commit message adjusted".
    String.raw`^(?:but |and |so |then |however,? )?with (?:that|this|these|those|it|them)(?: one)?[,:]?$`,
    String.raw`\bwith\b.{1,160}\b${FIXED}`,
    String.raw`\b(?:if|once|assuming|provided|providing|as long as|subject to|modulo|unless|on condition)\b`,
    String.raw`\b(?:after|when) (?:you|that|this|these|those|it|fixing|addressing|changing)\b`,
    String.raw`\bfine with (?:that|this|it)\b`,
  ].join('|'),
  'i',
);
/** Wishes that do not hold the tag back. */
const OPTIONAL =
  /\b(?:preferabl[ey]|ideally|optional(?:ly)?|either way|with or without|regardless|not a blocker|up to you|if you (?:like|want|wish|prefer)|if (?:it|this|that)'?s (?:of )?(?:any )?(?:help|use)|if (?:needed|necessary))\b/i;
const WITHDRAWAL = /\b(?:withdraw|retract|revoke|take back|drop my|remove my|rescind)/i;

/** The sentence that makes the tag below it depend on something, or null. */
export function conditionOf(above: string): string | null {
  const sentence = lastSentence(above);
  if (WITHDRAWAL.test(sentence)) return sentence;
  return CONDITION.test(sentence) && !OPTIONAL.test(sentence) ? sentence.replace(/[,:]$/, '') : null;
}

/** Whether a condition is in truth a withdrawal: "I withdraw my". */
export function isWithdrawal(condition: string): boolean {
  return WITHDRAWAL.test(condition);
}
