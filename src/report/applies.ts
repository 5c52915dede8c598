import type { Conflict, Fit, MirrorResult } from '../mirror/mirror.ts';
import { oneLine, quoteOutput } from './text.ts';

/** Why a series cannot be put on its branch as it stands now, in words; null where it can, or where nobody knows. */
export function whyNotOn(mirror: MirrorResult | null): string | null {
  if (mirror === null) return null;
  if (mirror.state === 'conflict' || mirror.state === 'refused') return mirror.reason;
  return isStale(mirror) ? `the branch has moved: ${mirror.onTip.reason}` : null;
}

/** True for a series that was applied and does not fit on the branch any more. */
export function isStale(mirror: MirrorResult): mirror is MirrorResult & { readonly onTip: Fit } {
  return mirror.state === 'applied' && mirror.onTip?.state === 'conflict';
}

const MOST_LINES = 15;
const MOST_COMMITS = 10;

/** A conflict's place as templates take it; all empty where only a file or git's words are known. Lines of files stand after `| `. */
export interface PlaceValues {
  /** Number of the hunk in its file. */
  readonly hunk: string;
  readonly expected: string;
  readonly there: string;
  /** Number of the first line of `there`. */
  readonly line: string;
  /** Commits that touched those lines since the author's version. */
  readonly touched: string;
  /** Where it would apply: branch and commit. */
  readonly fits: string;
}

/** What is known of the place where a patch does not apply, in words. */
export function placeValues(conflict: Conflict | null): PlaceValues {
  const place = conflict?.place;
  if (place === undefined) return { hunk: '', expected: '', there: '', line: '', touched: '', fits: '' };
  const { hunk, expected, there, firstLine, commits, fits } = place;
  const lines = commits.map(({ commit, subject }) => `${commit.slice(0, 12)} ${oneLine(subject)}`);
  return {
    hunk: String(hunk),
    expected: quoteOutput(expected.join('\n'), MOST_LINES),
    there: there.length === 0 ? '' : quoteOutput(there.join('\n'), MOST_LINES),
    line: String(firstLine),
    touched: lines.length === 0 ? '' : quoteOutput(lines.join('\n'), MOST_COMMITS),
    fits: fits === null ? '' : `${oneLine(fits.name)}, commit ${fits.commit.slice(0, 12)}`,
  };
}

/** The same as lines for a terminal. */
export function placeLines(conflict: Conflict | null): readonly string[] {
  const { hunk, expected, there, line, touched, fits } = placeValues(conflict);
  if (hunk === '') return [];
  return [
    `hunk ${hunk} expects`,
    ...indented(expected),
    ...(there === ''
      ? [`and the file ends before line ${line}`]
      : [`and from line ${line} on there is`, ...indented(there)]),
    ...(touched === '' ? [] : ['touched since the author has read them by', ...indented(touched)]),
    ...(fits === '' ? [] : [`would apply on ${fits}`]),
  ];
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`);
}
