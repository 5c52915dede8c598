import type { Address } from '../mail/message.ts';
import { parsePerson } from './maintainers-person.ts';
import { type PathPattern, pathPattern } from './maintainers-path.ts';
import { type LinePattern, linePattern } from './maintainers-regex.ts';

/** An L: line. */
export interface ListEntry {
  readonly email: string;
  /** What stands in brackets behind it: `moderated for non-subscribers`. */
  readonly note: string;
}

/** One area of a MAINTAINERS file. */
export interface Section {
  readonly name: string;
  /** M: one of them has to approve. */
  readonly maintainers: readonly Address[];
  /** R: told, without a say of their own. */
  readonly reviewers: readonly Address[];
  readonly lists: readonly ListEntry[];
  /** S: as written: `Supported`, `Odd Fixes`, `Orphan`; empty where the section has none. */
  readonly status: string;
  /** F: */
  readonly files: readonly PathPattern[];
  /** X: */
  readonly excluded: readonly PathPattern[];
  /** N: expressions for whole paths. */
  readonly names: readonly LinePattern[];
  /** K: expressions for lines of the patch. */
  readonly keywords: readonly LinePattern[];
  /** T: */
  readonly trees: readonly string[];
  /** The section for whatever no other has: `THE REST`. */
  readonly rest: boolean;
}

/** A MAINTAINERS file as read. */
export interface Maintainers {
  /** In the order of the file. */
  readonly sections: readonly Section[];
  /** `1` for `V: xen-maintainers-1` under THE REST, by which Xen's files are known; null for Linux's form. */
  readonly xen: string | null;
  /** What could not be read, each with its line number, in words. */
  readonly faults: readonly string[];
}

/** Linux's has 0.8 MB. */
const LARGEST = 4 << 20;
const MOST_SECTIONS = 20_000;
const ENTRY = /^([A-Z]):\s*(.*)$/;

interface Draft {
  readonly name: string;
  readonly entries: { readonly line: number; readonly letter: string; readonly value: string }[];
}

/** Lines between two that are no entries belong together; the line before the first of them is the heading. Blank lines mean nothing. */
function draftsOf(text: string): Draft[] {
  const drafts: Draft[] = [];
  let heading = '';
  let open: Draft | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trimEnd();
    const entry = ENTRY.exec(line);
    if (entry !== null) {
      open ??= { name: heading, entries: [] };
      open.entries.push({ line: index + 1, letter: entry[1] ?? '', value: entry[2] ?? '' });
    } else if (line !== '') {
      if (open !== null) drafts.push(open);
      open = null;
      heading = line.trim();
    }
  }
  if (open !== null) drafts.push(open);
  return drafts;
}

function listOf(value: string): ListEntry {
  const found = /<([^<>]+)>\s*(.*)$|^(\S+)\s*(.*)$/.exec(value);
  return { email: found?.[1] ?? found?.[3] ?? value, note: (found?.[2] ?? found?.[4] ?? '').replaceAll(/[()]/g, '') };
}

function sectionOf(draft: Draft, isFolder: (path: string) => boolean, faults: string[]): Section {
  const values = (letter: string) => draft.entries.filter((entry) => entry.letter === letter);
  const people = (letter: string) =>
    values(letter).flatMap(({ line, value }) => {
      const person = parsePerson(value);
      if (person === null) faults.push(`line ${line}: no address in "${value.slice(0, 100)}"`);
      return person ?? [];
    });
  const paths = (letter: string) => values(letter).flatMap(({ value }) => pathPattern(value, isFolder) ?? []);
  const lines = (letter: string) =>
    values(letter).flatMap(({ line, value }) => {
      const pattern = linePattern(value);
      if ('matches' in pattern) return pattern;
      faults.push(`line ${line}: ${letter}: ${value.slice(0, 100)}: ${pattern.fault}`);
      return [];
    });
  return {
    name: draft.name,
    maintainers: people('M'),
    reviewers: people('R'),
    lists: values('L').map(({ value }) => listOf(value)),
    status: values('S').at(-1)?.value ?? '',
    files: paths('F'),
    excluded: paths('X'),
    names: lines('N'),
    keywords: lines('K'),
    trees: values('T').map(({ value }) => value),
    rest: draft.name === 'THE REST',
  };
}

function xenVersion(drafts: readonly Draft[]): string | null {
  const rest = drafts.find(({ name }) => name === 'THE REST');
  const line = rest?.entries.find(({ letter, value }) => letter === 'V' && value.startsWith('xen-maintainers-'));
  return line?.value.slice('xen-maintainers-'.length) ?? null;
}

/**
 * Reads a MAINTAINERS file in the form that Linux and Xen share: sections of `X: value` lines under a heading. What it cannot
 * read it leaves out and tells in `faults`; it never fails, because patches break such files.
 * @param isFolder whether the tree that holds the file has a folder of this name; without it a pattern that lacks its final slash takes files only
 */
export function parseMaintainers(text: string, isFolder: (path: string) => boolean = () => false): Maintainers {
  const drafts = draftsOf(text.slice(0, LARGEST));
  const faults: string[] = [];
  if (text.length > LARGEST) faults.push(`only the first ${LARGEST} characters are read`);
  if (drafts.length > MOST_SECTIONS) faults.push(`only the first ${MOST_SECTIONS} sections are read`);
  const sections = drafts.slice(0, MOST_SECTIONS).map((draft) => sectionOf(draft, isFolder, faults));
  return { sections, xen: xenVersion(drafts), faults };
}

/** Patterns that name a folder if the tree has one: those without wildcard and final slash. For a reader of the tree that wants to ask once. */
export function possibleFolders(text: string): readonly string[] {
  const found = text.slice(0, LARGEST).matchAll(/^[FX]:[ \t]*([^*?{}\s]+[^*?{}\s/])[ \t\r]*$/gm);
  return [...new Set([...found].map((match) => match[1] ?? ''))];
}
