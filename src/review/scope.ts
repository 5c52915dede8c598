/** What a sentence says a tag is for. */
export type Scope = 'series' | readonly number[] | null;

const SET = '(?:series|patch ?sets?|patchset|set)';
const SERIES = new RegExp(
  [
    String.raw`\b(?:the |this )?(?:whole|entire|full|complete) (?:\w+ )?${SET}\b`,
    String.raw`\b(?:for|to|on) (?:the |this |your |all )?(?:rest of the |remainder of the )?(?:v\d+ )?${SET}\b`,
    String.raw`^(?:the |this )?(?:rest of the )?${SET}:?$`,
    String.raw`\b(?:both|all)(?: of)?(?: the| these| your)?(?: \w+)? patches\b`,
    String.raw`\bfor (?:both|all|everything|the rest|the remaining|the others?)\b`,
    String.raw`\b${SET} (?:\w+ly )?(?:looks?|is|seems|lgtm)\b`,
    String.raw`\ball (?:looks?|good|fine)\b`,
  ].join('|'),
  'i',
);
const NUMBERS =
  /\b(?:for|on|to)\s(?:the\s)?(?:first\s)?patch(?:es)?\s#?(\d[\d\s,&#/-]{0,60}(?:(?:and|to|through)\s?#?\d[\d\s,&#/-]{0,20}){0,10})/i;
/** "For 1/3 and 2/3:", without the word. */
const OF_TOTAL = /\bfor (\d{1,3}\/\d{1,3}(?:(?:, ?| and |,? & )\d{1,3}\/\d{1,3}){0,20})(?=[:,. ]|$)/i;
const MAX_PATCH = 999;

/** `1-3, 5 and 7` as numbers; a range may be written with `to`. */
function readNumbers(text: string): number[] {
  const numbers = new Set<number>();
  const ranges = text.replaceAll(/\s?(?:to|through|-)\s?#?/gi, '-').matchAll(/(\d{1,3})(?:\/\d{1,3})?(?:-(\d{1,3}))?/g);
  for (const [, from = '', to = from] of ranges) {
    for (let number = Number(from); number <= Math.min(Number(to), MAX_PATCH); number += 1) numbers.add(number);
  }
  return [...numbers];
}

/** Reads the scope out of a few sentences; numbers are more exact than the series. */
export function scopeOf(text: string): Scope {
  const words = text.slice(0, 2000).replaceAll(/\s+/g, ' ').trim();
  const numbers = NUMBERS.exec(words)?.[1] ?? OF_TOTAL.exec(words)?.[1];
  if (numbers !== undefined) return readNumbers(numbers);
  return SERIES.test(words) ? 'series' : null;
}

/** Reads the scope out of an area: `# patches 1-2` is one, `# all architectures` is none. */
export function scopeOfArea(area: string | null): Scope {
  if (area === null) return null;
  return scopeOf(/^patch/i.test(area) ? `for ${area}` : area);
}

const PART =
  /^(?:(?:and|but|so|then|otherwise|fwiw)[, ]{1,3})?(?:for|on) (?:just |only )?the (\S{1,30}(?: \S{1,30}){0,3}) (?:parts?|bits?|pieces?|half|portions?)(?: (?:of (?:this|it)|only|at least))?[:,.]?$/i;
const NO_AREA = /^(?:other|most|rest|remaining|first|second|last|next|previous|whole|entire|bulk|better)\b/i;

/** The area that words name: "For the Arm part:" is `Arm`; null where they name none. */
export function areaIn(text: string): string | null {
  const words = text.slice(-300).replaceAll(/\s+/g, ' ').trim();
  const area = PART.exec(words.split(/[.!?;] /).at(-1) ?? '')?.[1] ?? null;
  return area === null || NO_AREA.test(area) ? null : area;
}
