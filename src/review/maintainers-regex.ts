import { RE2JS } from 're2js';

/** A regular expression of a K: or N: line. */
export interface LinePattern {
  /** As written. */
  readonly text: string;
  matches(line: string): boolean;
}

const LONGEST = 1000;
/** Longer lines are searched only so far: no line that a person wrote is. */
const LONGEST_LINE = 4096;

/** Perl's x flag, under which MAINTAINERS expressions are read: blanks and comments outside of classes mean nothing. */
function withoutBlanks(text: string): string {
  let out = '';
  let inClass = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '\\') {
      out += char + (text[at + 1] ?? '');
      at += 1;
    } else if (!inClass && char === '#') break;
    else if (inClass || !/\s/.test(char)) {
      if (char === '[') inClass = true;
      else if (char === ']') inClass = false;
      out += char;
    }
  }
  return out;
}

/**
 * Compiles an expression that came out of a tree. RE2's engine takes time linear in the line whatever the expression, so that a
 * file which patches change cannot stop the bot.
 * @returns the fault in words where it is too long, not one, or needs what RE2 has not (look-around, back-references)
 */
export function linePattern(text: string): LinePattern | { readonly fault: string } {
  if (text.length > LONGEST) return { fault: `longer than ${LONGEST} characters` };
  try {
    const compiled = RE2JS.compile(withoutBlanks(text));
    return { text, matches: (line) => compiled.test(line.slice(0, LONGEST_LINE)) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : 'not an expression' };
  }
}
