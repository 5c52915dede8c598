import type { ExecResult } from '../util/exec.ts';

const LONGEST = 2000;

/**
 * What git said, fit for people: without its prefixes and hints, without passwords in URLs, and without the directories in
 * `hidden`. One line, `; ` between git's lines. Says how git ended where it said nothing.
 */
export function gitWords(result: ExecResult, hidden: readonly string[] = []): string {
  const lines = linesOf(result.stderr).map((line) => line.replace(/^(?:fatal|error|warning|remote): */, '').trim());
  const words = clean(lines.filter((line) => line !== '' && !line.startsWith('hint:')).join('; '), hidden);
  if (result.timedOut) return words === '' ? 'it took too long' : `it took too long; ${words}`;
  if (words !== '') return words;
  return result.signal === null ? `exit code ${result.code}` : `ended by ${result.signal}`;
}

/** git's error lines as they are, for evidence. */
export function gitLines(stderr: string, hidden: readonly string[] = []): string {
  return clean(linesOf(stderr).join('\n'), hidden);
}

/** `text` without user and password of URLs, whatever they contain. */
export function withoutCredentials(text: string): string {
  return text.replace(/:\/\/[^/\s'"]*@/g, '://');
}

function linesOf(stderr: string): string[] {
  return stderr.split(/[\r\n]+/).filter((line) => line.trim() !== '');
}

function clean(text: string, hidden: readonly string[]): string {
  const known = hidden.reduce((rest, path) => rest.replaceAll(path, '(repository)'), withoutCredentials(text));
  const printable = known.replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, '?');
  return printable.length > LONGEST ? `${printable.slice(0, LONGEST)}…` : printable;
}
