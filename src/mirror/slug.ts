const LONGEST = 50;

/**
 * The title of a series as a part of a ref name that people can type: `[PATCH v2 0/4] xen/arm: Misc fixes` gives
 * `xen-arm-misc-fixes`. Lower case ASCII letters, digits and single hyphens; `series` where nothing is left.
 */
export function slugOf(subject: string): string {
  const title = withoutBrackets(subject.slice(0, 1000));
  const ascii = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = ascii.split(/[^a-z0-9]+/).filter((word) => word !== '');
  let slug = '';
  for (const word of words) {
    const longer = slug === '' ? word.slice(0, LONGEST) : `${slug}-${word}`;
    if (longer.length > LONGEST) break;
    slug = longer;
  }
  return slug === '' ? 'series' : slug;
}

/** Drops bracketed parts and reply prefixes at the start. */
function withoutBrackets(subject: string): string {
  let rest = subject.trim();
  for (;;) {
    const close = rest.startsWith('[') ? rest.indexOf(']') : -1;
    if (close < 0) return rest;
    rest = rest.slice(close + 1).trim();
  }
}
