import type { MirrorPatch } from './mirror.ts';

const MIB = 1 << 20;
const LONGEST_DIFF = 32 * MIB;
const LONGEST_MESSAGE = MIB;
const MOST_BINARY_BYTES = 256 * MIB;

/** A hunk that only inserts and shows no line around it; git puts those at the end of the file, without a word. */
const NO_CONTEXT = /^@@ -[1-9][0-9]*,0 \+/m;

const BINARY_SIZE = /^(?:literal|delta) (\d+)$/gm;

/**
 * Why a patch is refused before git sees it, in words; null for most. Keeps out what git would take but nobody wants, and what
 * would cost too much time or memory to find out.
 */
export function faultOf(patch: MirrorPatch): string | null {
  if (patch.diff.trim() === '') return 'it holds no diff';
  if (patch.diff.length > LONGEST_DIFF) return `its diff is longer than ${LONGEST_DIFF / MIB} MiB`;
  if (patch.message.length > LONGEST_MESSAGE) return `its message is longer than ${LONGEST_MESSAGE / MIB} MiB`;
  if (patch.message.includes('\0')) return 'its message holds a NUL';
  if (patch.message.trim() === '') return 'its message is empty';
  if (NO_CONTEXT.test(patch.diff))
    return 'it was made without context lines (-U0), so git cannot tell where its lines belong';
  if (binaryBytes(patch.diff) > MOST_BINARY_BYTES) return 'its binary parts are too large';
  return null;
}

function binaryBytes(diff: string): number {
  if (!diff.includes('GIT binary patch')) return 0;
  let sum = 0;
  for (const match of diff.matchAll(BINARY_SIZE)) sum += Number(match[1]);
  return sum;
}
