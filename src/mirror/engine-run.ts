import type { Address } from '../mail/message.ts';
import { applyPatch, pathsOf } from './engine/apply-patch.ts';
import { commitObject } from './engine/commit.ts';
import { readDiff } from './engine/diff.ts';
import type { FilePatch } from './engine/file-patch.ts';
import { type Budget, SEARCH_BYTES } from './engine/line-table.ts';
import type { NewObject } from './engine/object.ts';
import { Declined, type Misfit, Misfitting, Refused } from './engine/outcome.ts';
import { reversed } from './engine/reverse.ts';
import { type ObjectSource, WorkTree } from './engine/work-tree.ts';
import { type Ident, identOf } from './ident.ts';
import { cleanMessage } from './message.ts';
import type { MirrorPatch } from './mirror.ts';
import { faultOf } from './patch-faults.ts';

/** A patch as the engine reads it, or why it cannot. */
export type ReadPatch =
  | { readonly kind: 'read'; readonly patch: MirrorPatch; readonly files: readonly FilePatch[]; readonly author: Ident }
  | { readonly kind: 'refused' | 'declined'; readonly patch: MirrorPatch; readonly words: string };

/** What the engine says of one patch on the files so far. */
export type EngineOutcome =
  | { readonly kind: 'applied' | 'already' }
  | { readonly kind: 'misfit'; readonly misfit: Misfit }
  | { readonly kind: 'refused' | 'declined'; readonly words: string };

/** Reads a patch; nothing of it is trusted. `strip` is the number of folders that are taken off names. */
export function readPatch(patch: MirrorPatch, strip: number): ReadPatch {
  const fault = faultOf(patch);
  if (fault !== null) return { kind: 'refused', patch, words: fault };
  const author = identOf(patch.author, patch.authorDate);
  if ('problem' in author) return { kind: 'refused', patch, words: author.problem };
  try {
    return { kind: 'read', patch, files: readDiff(patch.diff, strip), author };
  } catch (error) {
    return { ...left(error), patch };
  }
}

/** A series on its way: the files as the patches so far have made them. */
export class EngineRun {
  readonly tree: WorkTree;
  readonly budget: Budget = { left: SEARCH_BYTES };
  /** Objects made so far, in memory. */
  readonly objects: NewObject[] = [];
  readonly put = (object: NewObject): void => void this.objects.push(object);

  readonly #crud: string;

  private constructor(tree: WorkTree, crud: string) {
    this.tree = tree;
    this.#crud = crud;
  }

  /**
   * Reads what the patches touch of the tree of a commit.
   * @param crud what git takes off the ends of names
   * @throws PatchloomError GIT_FAILED
   */
  static async start(
    objects: ObjectSource,
    rootTree: string,
    patches: readonly ReadPatch[],
    crud: string | Promise<string>,
  ): Promise<EngineRun> {
    const files = patches.flatMap((one) => (one.kind === 'read' ? [one.files] : []));
    const tree = WorkTree.load(objects, rootTree, pathsOf(files));
    return new EngineRun(...(await Promise.all([tree, crud])));
  }

  /** Applies one patch; the files stay as they are unless the answer is `applied`. */
  apply(files: readonly FilePatch[]): EngineOutcome {
    try {
      return { kind: applyPatch(this.tree, files, this.budget, this.put) ? 'applied' : 'already' };
    } catch (error) {
      if (!(error instanceof Misfitting)) return left(error);
      return this.#isThere(files) ? { kind: 'already' } : { kind: 'misfit', misfit: error.misfit };
    }
  }

  /** True where the patch can be taken back: then its work is there. */
  #isThere(files: readonly FilePatch[]): boolean {
    const undo = reversed(files);
    if (undo === null) return false;
    try {
      applyPatch(this.tree, undo, this.budget, null);
      return true;
    } catch (error) {
      if (error instanceof Misfitting || error instanceof Declined || error instanceof Refused) return false;
      throw error;
    }
  }

  /** Makes trees and a commit of the files as they are now. @throws Declined where no file is left */
  commit(patch: MirrorPatch, author: Ident, parent: string, committer: Address): { commit: string; tree: string } {
    const tree = this.tree.write(this.put);
    const commit = commitObject(tree, parent, author, committer, cleanMessage(patch.message), this.#crud);
    this.put(commit);
    return { commit: commit.id, tree };
  }
}

function left(error: unknown): { kind: 'refused' | 'declined'; words: string } {
  if (error instanceof Declined) return { kind: 'declined', words: error.message };
  if (error instanceof Refused) return { kind: 'refused', words: error.message };
  throw error;
}
