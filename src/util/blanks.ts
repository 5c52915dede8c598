/**
 * What git takes for blank (`sane_ctype` of its ctype.c): tab, line ends and space. A no-break space and a byte order mark are text, and so
 * is byte 0xa0, which in UTF-8 is a part of letters.
 */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

/** Text without blanks at its end. */
export function trimBlanksEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Text without blanks at both ends. */
export function trimBlanks(text: string): string {
  let start = 0;
  while (start < text.length && isBlank(text.charCodeAt(start))) start += 1;
  return trimBlanksEnd(text.slice(start));
}

/** Text with one space for each run of blanks, and none at the ends. */
export function foldBlanks(text: string): string {
  return trimBlanks(text.replaceAll(/[ \t\r\n]+/g, ' '));
}
