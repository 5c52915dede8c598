/** What is to be said to the list about one series. A value; an outgoing message is its rendering. */
export interface Report {
  readonly kind: 'build-failed' | 'conflict' | 'held' | 'success';
  readonly project: string;
  readonly seriesKey: string;
  /** The message that is answered: the patch that failed, else the cover. */
  readonly replyTo: string;
  /** One line for lists of reports: `patch 2/4 does not build`. */
  readonly summary: string;
}

/** shadow: nothing leaves; moderate: waits for a yes; live: is sent. */
export type SendMode = 'shadow' | 'moderate' | 'live';
