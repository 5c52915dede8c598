import type { CheckState } from '../ci/run.ts';
import type { Flag, Id } from './schema.ts';

/** One check of a patch, of a whole series, or of a base. */
export interface CheckTable {
  id: Id;
  project: string;
  key: string;
  context: string;
  /** Message-ID of the patch; empty for the whole series. */
  patch: string;
  state: CheckState;
  tree: string;
  job_hash: string;
  document: string;
  at: number;
}

/** Whether a series has earned a run, and what became of it: one row a series. */
export interface BuildRunTable {
  id: Id;
  project: string;
  key: string;
  /** Address, lower case. */
  author: string;
  state: 'waiting' | 'queued' | 'running' | 'ended' | 'cancelled';
  /** Why it runs or not, in words. */
  reason: string;
  asked: Flag;
  /** When the gate last gave another answer. */
  at: number;
  /** When it was queued last; null: never. */
  queued_at: number | null;
}

/** A commit that was pushed to a CI's repository, to a branch of its own. */
export interface CiBranchTable {
  id: Id;
  project: string;
  commit: string;
  pushed_at: number;
  /** When a run of it was asked for; null: the push itself starts it, or nobody has asked. */
  started_at: number | null;
}
