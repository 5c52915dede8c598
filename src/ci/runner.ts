import type { CommitNote } from './commit-note.ts';
import type { Check, Job, Mask } from './run.ts';

/** One applied patch, or the base where `index` is 0. */
export interface RunPatch {
  readonly index: number;
  readonly msgid: string;
  readonly commit: string;
  /** Of the base, whose tree nobody needs, its commit. */
  readonly tree: string;
  /** It is a base that upstream itself has: what it compiles to may serve other series. */
  readonly upstream?: boolean;
}

/** In place of a Message-ID: the check is of the base. */
export const BASE = 'base';

/** Where a run is: `done` of `total` checks. */
export interface Progress {
  readonly patch: RunPatch;
  readonly job: string;
  readonly done: number;
  readonly total: number;
}

/** What is to be built, and what is known of it. */
export interface RunRequest {
  /** In any order. */
  readonly patches: readonly RunPatch[];
  /** The commit below the first patch; null: not built. */
  readonly base: RunPatch | null;
  /** As planned (see planOf); for a remote runner perhaps empty: all that it has. */
  readonly jobs: readonly Job[];
  readonly masks: readonly Mask[];
  /** Checks that ended in an earlier attempt: not run again. */
  readonly finished: readonly Check[];
  /** A finished check of the same tree and job (see jobHash), or null. */
  readonly known: (tree: string, hash: string) => Promise<Check | null> | Check | null;
  /** Called with each new check, and again where it is judged anew. Once stored, an abort loses nothing. */
  readonly onCheck: (check: Check, hash: string, of: RunPatch) => Promise<void> | void;
  readonly onProgress?: (progress: Progress) => void;
  /** Output of what runs on this machine, as it comes. */
  readonly onOutput?: (chunk: Buffer) => void;
  readonly signal?: AbortSignal;
}

/** What a runner has reached. */
export interface RunState {
  readonly checks: readonly Check[];
  /** False: it goes on elsewhere; ask again. */
  readonly ended: boolean;
}

/** Where build-tests run: on this machine, on GitHub, on GitLab. */
export interface Runner {
  /** Milliseconds after which it is to be asked again while a run goes on. */
  readonly pollMs: number;
  /**
   * Brings a run forward as far as it can: starts what was not started, and tells what is known. Safe to repeat at any time.
   * @throws PatchloomError BUILD_MACHINE and others whose `retry` is true: the machine is to blame, and no check is made of it
   */
  advance(request: RunRequest): Promise<RunState>;
  /** Shows on a commit how its series stands; left out where there is no place for it. Safe to repeat. */
  readonly tell?: (note: CommitNote) => Promise<void>;
  /** Stops what still runs of the series elsewhere. */
  cancel(request: RunRequest): Promise<void>;
}
