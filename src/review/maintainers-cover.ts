import type { Maintainers, Section } from './maintainers.ts';
import { matchesPath } from './maintainers-path.ts';

/** A section that has a file, and how closely. */
export interface Coverage {
  readonly section: Section;
  /** Of its deepest pattern that takes the file; 0 for a name expression, -2 for THE REST. */
  readonly depth: number;
}

function depthIn(section: Section, path: string): number | null {
  if (section.excluded.some((pattern) => matchesPath(pattern, path))) return null;
  // The script that comes with these files lets the last of several patterns decide; the deepest is what they mean.
  const depths = section.files.filter((pattern) => matchesPath(pattern, path)).map(({ depth }) => depth);
  if (section.names.some((pattern) => pattern.matches(path))) depths.push(0);
  return depths.length === 0 ? null : Math.max(...depths);
}

/**
 * The sections that have a file, the most specific first (Xen's MAINTAINERS, "The meaning of nesting"); of equal ones that
 * which stands first in the file. Excluded files (X:) are looked at before F:. THE REST is always last.
 */
export function coverageOf({ sections }: Maintainers, path: string): readonly Coverage[] {
  const found = sections.flatMap((section): Coverage[] => {
    const depth = depthIn(section, path);
    return depth === null ? [] : [{ section, depth: section.rest ? -2 : depth }];
  });
  return found.toSorted((one, other) => other.depth - one.depth);
}

/**
 * Sections whose maintainers approve changes to a file, level by level: the first holds the most specific, each later one those
 * that can stand in for it. Sections without a maintainer (reviewers only, orphans) are no level.
 */
export function levelsOf(maintainers: Maintainers, path: string): readonly (readonly Section[])[] {
  const levels: { readonly depth: number; readonly sections: Section[] }[] = [];
  for (const { section, depth } of coverageOf(maintainers, path)) {
    if (section.maintainers.length === 0) continue;
    const last = levels.at(-1);
    if (last?.depth === depth) last.sections.push(section);
    else levels.push({ depth, sections: [section] });
  }
  return levels.map(({ sections }) => sections);
}

/** Sections with a keyword (K:) in one of the lines. Their people are told; they approve no file by it. */
export function keywordSections({ sections }: Maintainers, lines: readonly string[]): readonly Section[] {
  return sections.filter((section) => section.keywords.some((pattern) => lines.some((line) => pattern.matches(line))));
}
