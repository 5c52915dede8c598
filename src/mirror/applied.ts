import type { Log } from '../util/log.ts';
import type { NewObject } from './engine/object.ts';
import type { Conflict, GitProject, MirrorStep } from './mirror.ts';
import type { Objects } from './objects.ts';

/** One repository and how its patches are applied. */
export interface Workshop {
  readonly repository: string;
  readonly objects: Objects;
  readonly git: GitProject;
  readonly log: Log;
  /** Set where objects were missing: the next fetch then looks at the whole repository. */
  readonly health: { damaged: boolean };
  /** The characters that this machine's git takes off both ends of names, see `crudOfGit`. */
  crud(): Promise<string>;
}

/** One commit that was made. */
export interface Made {
  readonly commit: string;
  readonly tree: string;
}

/** Commits made of a series, or those before the patch that stopped it, and why. */
export interface Applied {
  readonly state: 'applied' | 'already' | 'conflict' | 'refused' | 'error';
  readonly step: MirrorStep;
  readonly because: string;
  readonly commits: readonly Made[];
  readonly already: readonly number[];
  readonly conflict: Conflict | null;
  readonly reason: string;
  /** What has to be written before anybody can see the commits. */
  readonly objects: readonly NewObject[];
}
