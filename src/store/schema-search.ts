import type { Readiness } from '../review/tag.ts';
import type { SeriesState } from '../series/series.ts';
import type { Flag } from './schema.ts';

/** What a series is found by: derived from it and its thread, in the same transaction. */
export interface SeriesSearchTable {
  series: number;
  project: string;
  posted: number;
  /** Time of the last mail of its thread. */
  active: number;
  /** 1 for the newest version of its change. */
  latest: Flag;
  state: SeriesState;
  readiness: Readiness['state'];
  /** Empty: the project's default branch. */
  target: string;
  patches: number;
  /** Replies to it. */
  comments: number;
  /** Tags that reviewers gave it. */
  tags: number;
  objections: number;
  cover: Flag;
  /** From here on: words as `searchWords` makes them. Subjects, author and change. */
  words: string;
  author: string;
  reviewer: string;
  path: string;
  /** People who can give what the policy misses. */
  waiting: string;
  /** The author, where the last word in the thread is somebody else's. */
  asked: string;
}

/** One row: mails with an id up to this one are not in the index of words yet; 0 where all are. */
export interface MailWordsDueTable {
  upto: number;
}
