import type { Change } from './myers.ts';

const CONTEXT = 3;

/** Changes that are shown together, with the lines around them. */
export interface Group {
  readonly changes: readonly Change[];
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
}

/** Puts changes together whose context would touch, as a unified diff has it. */
export function groupsOf(changes: readonly Change[], oldLength: number): Group[] {
  const groups: Change[][] = [];
  for (const change of changes) {
    const last = groups.at(-1);
    const before = last?.at(-1);
    if (last !== undefined && before !== undefined && change.oldStart - before.oldEnd <= 2 * CONTEXT) last.push(change);
    else groups.push([change]);
  }
  return groups.flatMap((group) => {
    const [first, last] = [group[0], group.at(-1)];
    if (first === undefined || last === undefined) return [];
    const lead = Math.min(CONTEXT, first.oldStart);
    const oldEnd = Math.min(oldLength, last.oldEnd + CONTEXT);
    return [{ changes: group, oldStart: first.oldStart - lead, oldEnd, newStart: first.newStart - lead }];
  });
}

/** Lines of a group, with their marks. */
export function linesOf(group: Group, old: readonly string[], fresh: readonly string[]): string[] {
  const lines: string[] = [];
  let at = group.oldStart;
  const context = (end: number) => {
    for (; at < end; at++) lines.push(` ${old[at] ?? ''}`);
  };
  for (const { oldStart, oldEnd, newStart, newEnd } of group.changes) {
    context(oldStart);
    for (; at < oldEnd; at++) lines.push(`-${old[at] ?? ''}`);
    for (let added = newStart; added < newEnd; added++) lines.push(`+${fresh[added] ?? ''}`);
  }
  context(group.oldEnd);
  return lines;
}

/** Number of lines that a unified diff has, headings counted. */
export function sizeOf(changes: readonly Change[], oldLength: number): number {
  return groupsOf(changes, oldLength).reduce((sum, group) => {
    const added = group.changes.reduce((lines, { newStart, newEnd }) => lines + newEnd - newStart, 0);
    return sum + 1 + group.oldEnd - group.oldStart + added;
  }, 0);
}
