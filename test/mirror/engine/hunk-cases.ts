import * as fc from 'fast-check';

/** A file, a diff that may fit it, and the form of both. Low-entropy lines make context ambiguous, which is where placement counts. */
export interface HunkCase {
  readonly target: string;
  readonly diff: string;
}

interface Op {
  readonly kind: ' ' | '-' | '+';
  readonly line: string;
}

interface RawHunk {
  oldStart: number;
  newStart: number;
  ops: Op[];
}

const word = (size: number) =>
  fc.nat(size - 1).map((at) => ['', '}', '\tx', '-', '+ y', 'a', 'b', 'c'][at] ?? `line ${at}`);
const edit = (lines: fc.Arbitrary<string>) =>
  fc.record({ at: fc.nat(60), drop: fc.nat(3), add: fc.array(lines, { maxLength: 3 }) });

const TAMPERS = ['none', 'none', 'none', 'shift', 'reverse', 'twice', 'cutTail', 'cutHead', 'bare'] as const;

/** Cases of a vocabulary of a few words. */
export const hunkCase: fc.Arbitrary<HunkCase> = fc.constantFrom(2, 3, 5, 8, 30).chain((size) => {
  const lines = word(size);
  return fc
    .record({
      old: fc.array(lines, { maxLength: 40 }),
      edits: fc.array(edit(lines), { minLength: 1, maxLength: 4 }),
      moved: fc.array(edit(lines), { maxLength: 3 }),
      context: fc.constantFrom(0, 1, 2, 3, 3, 3, 5),
      tamper: fc.constantFrom(...TAMPERS),
      by: fc.integer({ min: -9, max: 9 }),
      ends: fc.record({ old: fc.boolean(), fresh: fc.boolean(), target: fc.boolean() }),
      open: fc.nat(5).map((number) => number === 0),
      dos: fc.nat(9).map((number) => number === 0),
    })
    .map((parts) => caseOf(parts));
});

interface Parts {
  readonly old: readonly string[];
  readonly edits: readonly { at: number; drop: number; add: readonly string[] }[];
  readonly moved: readonly { at: number; drop: number; add: readonly string[] }[];
  readonly context: number;
  readonly tamper: (typeof TAMPERS)[number];
  readonly by: number;
  readonly ends: { readonly old: boolean; readonly fresh: boolean; readonly target: boolean };
  readonly open: boolean;
  readonly dos: boolean;
}

function caseOf(parts: Parts): HunkCase {
  const eol = parts.dos ? '\r\n' : '\n';
  const closed = (end: boolean) => !parts.open || end;
  const target = [...parts.old];
  for (const { at, drop, add } of parts.moved) target.splice(Math.min(at, target.length), drop, ...add);
  const hunks = hunksOf(opsOf(parts), parts.context);
  tamper(hunks, parts.tamper, parts.by);
  const last = { old: !closed(parts.ends.old), fresh: !closed(parts.ends.fresh) };
  let diff = `diff --git a/f b/f\nindex 1111111..2222222 100644\n--- a/f\n+++ b/f\n${hunks.map((hunk) => textOf(hunk, eol, last, parts)).join('')}`;
  if (parts.tamper === 'bare') diff = diff.replaceAll(/^ $/gm, '');
  const text = target.join(eol) + (target.length > 0 && closed(parts.ends.target) ? eol : '');
  return { target: text, diff };
}

function opsOf({ old, edits }: Parts): Op[] {
  const ops: Op[] = [];
  let at = 0;
  for (const { at: place, drop, add } of [...edits].sort((a, b) => a.at - b.at)) {
    const from = Math.min(Math.max(place, at), old.length);
    for (; at < from; at++) ops.push({ kind: ' ', line: old[at] ?? '' });
    for (let left = drop; left > 0 && at < old.length; left--, at++) ops.push({ kind: '-', line: old[at] ?? '' });
    for (const line of add) ops.push({ kind: '+', line });
  }
  for (; at < old.length; at++) ops.push({ kind: ' ', line: old[at] ?? '' });
  return ops;
}

function hunksOf(ops: readonly Op[], context: number): RawHunk[] {
  const hunks: RawHunk[] = [];
  let [oldLine, newLine, end] = [1, 1, -1];
  const starts = ops.map((op) => {
    const start = { oldLine, newLine };
    if (op.kind !== '+') oldLine++;
    if (op.kind !== '-') newLine++;
    return start;
  });
  for (const [at, op] of ops.entries()) {
    if (op.kind === ' ') continue;
    const from = Math.max(end, at - context, 0);
    const last = hunks.at(-1);
    if (last === undefined || at - context > end) {
      const start = starts[from];
      hunks.push({ oldStart: start?.oldLine ?? 1, newStart: start?.newLine ?? 1, ops: ops.slice(from, at + 1) });
    } else last.ops.push(...ops.slice(end, at + 1));
    end = at + 1;
    let more = end;
    while (more < ops.length && more < end + context && ops[more]?.kind === ' ') more++;
    hunks.at(-1)?.ops.push(...ops.slice(end, more));
    end = more;
  }
  return hunks;
}

function tamper(hunks: RawHunk[], how: Parts['tamper'], by: number): void {
  const hunk = hunks[Math.abs(by) % Math.max(1, hunks.length)];
  if (hunk === undefined) return;
  if (how === 'shift') {
    hunk.newStart = Math.max(0, hunk.newStart + by);
    if (by % 2 === 0) hunk.oldStart = Math.max(0, hunk.oldStart + by);
  } else if (how === 'reverse') hunks.reverse();
  else if (how === 'twice') hunks.push(structuredClone(hunk));
  else if (how === 'cutTail' && hunk.ops.at(-1)?.kind === ' ') hunk.ops.pop();
  else if (how === 'cutHead' && hunk.ops[0]?.kind === ' ') hunk.ops.shift();
}

function textOf(hunk: RawHunk, eol: string, open: { old: boolean; fresh: boolean }, parts: Parts): string {
  const old = hunk.ops.filter((op) => op.kind !== '+').length;
  const fresh = hunk.ops.filter((op) => op.kind !== '-').length;
  const oldStart = old === 0 ? Math.max(0, hunk.oldStart - 1) : hunk.oldStart;
  const newStart = fresh === 0 ? Math.max(0, hunk.newStart - 1) : hunk.newStart;
  const total = parts.old.length;
  const lines = hunk.ops.map((op, at) => {
    const isLast = (kind: string) => !hunk.ops.slice(at + 1).some((one) => one.kind !== kind);
    const atEnd = hunk.oldStart + old - 1 >= total;
    const isOpen =
      atEnd && ((op.kind !== '+' && open.old && isLast('+')) || (op.kind !== '-' && open.fresh && isLast('-')));
    return `${op.kind}${op.line}${isOpen ? '\n\\ No newline at end of file\n' : eol}`;
  });
  return `@@ -${oldStart},${old} +${newStart},${fresh} @@\n${lines.join('')}`;
}
