/** Characters that could break a line, hide text or turn its direction. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text from a mail as one line of at most `columns` columns: no control, invisible or direction characters, blanks folded. */
export function oneLine(text: string, columns = 200): string {
  return clip(
    text
      .slice(0, 4 * columns)
      .replace(UNSEEN, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
    columns,
  );
}

/** Cuts to a width on a terminal, and says so with three dots. */
export function clip(text: string, columns: number): string {
  if (text.length <= columns / 2 || widthOf(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const character of text) {
    width += widthOf(character);
    if (width > columns - 3) break;
    kept += character;
  }
  return `${kept}...`;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Columns that a text takes on a terminal: East Asian wide characters take two, combining ones none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (WIDE.test(character)) width += 2;
    else if (!/\p{M}/u.test(character)) width += 1;
  }
  return width;
}

/** Fills up with blanks to a width. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

/**
 * Output of a program as lines after `| `, so that no tool takes a line of it for a tag, a patch or an mbox separator.
 * Long lines and all after `most` lines are cut.
 */
export function quoteOutput(text: string, most = 30): string {
  const lines = text.slice(0, 64 * 1024).split('\n');
  const shown = lines.slice(0, most).map((line) => {
    const clean = clip(line.replaceAll('\t', '        ').replace(UNSEEN, '').trimEnd(), 100);
    return clean === '' ? '|' : `| ${clean}`;
  });
  return [...shown, ...(lines.length > most ? [`| [${lines.length - most} more lines]`] : [])].join('\n');
}

/** Text of ours about mails as lines after `| `, folded to `columns`; what goes on in the next line stands two columns further in. */
export function quoteFolded(text: string, columns = 72): string {
  const lines = text.trimEnd().split('\n');
  const folded = lines.flatMap((line) => {
    const indent = /^ */.exec(line)?.[0] ?? '';
    const [first = '', ...more] = fill(line.trim().split(/ +/), columns - indent.length - 4);
    return [`${indent}${first}`, ...more.map((part) => `${indent}  ${part}`)];
  });
  return folded.map((line) => `| ${line}`.trimEnd()).join('\n');
}

/**
 * Fills paragraphs to `columns`. Lines that start with a blank, `|`, `>`, `-- ` or the mark stand as they are, and so does a word that is too long.
 */
export function fillParagraphs(text: string, columns = 72): string {
  const out: string[] = [];
  let words: string[] = [];
  const flush = () => {
    out.push(...fill(words, columns));
    words = [];
  };
  for (const line of text.split('\n')) {
    if (line === '' || /^(?:[\s|>]|-- |patchloom-mark: )/.test(line)) {
      flush();
      out.push(line);
    } else words.push(...line.split(' ').filter((word) => word !== ''));
  }
  flush();
  return out.join('\n');
}

function fill(words: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
