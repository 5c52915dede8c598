import { BUILD_PATH } from './sandbox-args.ts';

const LINES = 15;
const COLUMNS = 100;
const BEFORE = 3;

/** Signs of what went wrong, the telling ones first: make's own line and a bare "Error" only repeat what stands above them. */
const SIGNS: readonly (readonly RegExp[])[] = [
  [
    /^[^\s:]+:\d+(?::\d+)?: (?:fatal )?error\b/i,
    /\bundefined reference to\b/,
    /\bAssertion [`']/,
    /\bassertion failed\b/i,
    /\bAssertionError\b/,
    /^\s*not ok\b(?!.*# ?(?:TODO|SKIP)\b)/i,
    /^(?:FAIL(?:ED)?|E?RROR)\b[: ]/,
    /^error(?:\[\w+\])?: /,
    /\bSegmentation fault\b/,
    /\b[Cc]ommand not found\b|: not found$/,
    /^Traceback \(most recent call last\)/,
  ],
  [/^\S*make(?:\[\d+\])?: \*\*\*/, /\bFAILED\b/, /\b(?:Error|ERROR|error):/, /\b[Ee]rror\b/],
];

/**
 * The lines a reader wants first: the first error with a few lines around it, or the end of the output where none is known. At most 15 lines of
 * 100 columns; no control characters; paths in the build directory are relative.
 * @param directory where the command ran, as it saw it
 */
export function excerptOf(output: string, directory: string = BUILD_PATH): string {
  const lines = cleanLines(output, directory);
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  const at = firstError(lines);
  const start = at === null ? Math.max(0, lines.length - LINES) : Math.max(0, at - BEFORE);
  const chosen = lines.slice(start, start + LINES).map(clip);
  return chosen.join('\n').replace(/^\n+/, '').trimEnd();
}

/** Lines as a terminal would leave them, with paths in the build directory relative. */
export function cleanLines(output: string, directory: string): string[] {
  return output.split('\n').map((line) => cleanLine(line, directory));
}

function firstError(lines: readonly string[]): number | null {
  for (const signs of SIGNS) {
    const at = lines.findIndex((line) => signs.some((sign) => sign.test(line)));
    if (at !== -1) return at;
  }
  return null;
}

/** One line as a terminal would leave it, without colours, control and invisible characters. A line is read up to 2000 characters. */
function cleanLine(line: string, directory: string): string {
  const shown = line.slice(0, 2000).replace(/\r+$/, '');
  const text = shown
    .slice(shown.lastIndexOf('\r') + 1)
    .replace(/\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?/g, '')
    .replace(/\u001b\[[0-?]*[ -/]*[@-~]?/g, '')
    .replace(/\t/g, '        ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '');
  return withoutDirectory(text, directory).trimEnd();
}

/** Cuts `directory/` where a path begins with it, not where it stands within a longer path. */
function withoutDirectory(line: string, directory: string): string {
  const [first = '', ...rest] = line.split(`${directory}/`);
  let text = first;
  for (const part of rest) text += /[\w./~-]$/.test(text) ? `${directory}/${part}` : part;
  return text;
}

function clip(line: string): string {
  const characters = Array.from(line);
  return characters.length <= COLUMNS ? line : `${characters.slice(0, COLUMNS - 3).join('')}...`;
}
