/**
 * A commit message as `git am` stores it: no blanks at the ends of lines, single empty lines between paragraphs, none at the
 * ends, one newline last.
 */
export function cleanMessage(message: string): string {
  const lines = message.split('\n').map(withoutTrailingBlanks);
  const kept = lines.filter((line, at) => line !== '' || (at > 0 && lines[at - 1] !== ''));
  return `${kept.join('\n').replace(/^\n/, '').replace(/\n$/, '')}\n`;
}

/** By hand: a regular expression for it takes quadratic time on long runs of blanks. */
function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && ' \t\r'.includes(line.charAt(end - 1))) end--;
  return line.slice(0, end);
}
