/** What the bot says of a commit where its CI can show it: how the series stands. */
export interface CommitNote {
  readonly commit: string;
  readonly conclusion: 'success' | 'failure' | 'neutral';
  /** One line. */
  readonly title: string;
  /** What is missing for a check-in, one a line; holds names from mails. */
  readonly missing: readonly string[];
  /** What was said on the list, one a line. */
  readonly said: readonly string[];
  /** The page of the series, or null. */
  readonly page: string | null;
}
