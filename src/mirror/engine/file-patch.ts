import type { BinaryPart } from './binary.ts';
import type { Hunk } from './hunk.ts';

/** What a diff does to one file. Paths are latin1 text without the folders that were taken off. */
export interface FilePatch {
  /** Path that must be there; null for a new file. */
  readonly from: string | null;
  /** Path that is left; null for a deleted file. */
  readonly to: string | null;
  /** Modes as the diff says them; null where it does not. */
  readonly oldMode: number | null;
  readonly newMode: number | null;
  readonly copy: boolean;
  readonly hunks: readonly Hunk[];
  readonly binary: BinaryPart | null;
  /** Ids of the `index` line, perhaps shortened; null without one. */
  readonly oldId: string | null;
  readonly newId: string | null;
}
