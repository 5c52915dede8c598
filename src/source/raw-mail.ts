/** One mail as it came, before anybody has looked at it. */
export interface RawMail {
  readonly raw: Uint8Array;
  /** For messages to people: `ltp.mbox: mail 123`. Says so where the mail was cut. */
  readonly label: string;
  /** What to keep once this mail is stored; `read` goes on after it. */
  readonly cursor: string;
  /** Share of the source that was read, 0 to 1, or null where nobody can know. */
  readonly done: number | null;
}

/** Where mail comes from. */
export interface Source {
  /** Keys the stored position, so no two places may share one: the configured name, else the whole path. */
  readonly name: string;
  /** True where `read` waits for new mail and ends only by its signal; false where it ends with the last mail. */
  readonly live: boolean;
  /**
   * Mails after `cursor` (null: all of them), oldest first as far as the source knows. A cursor that no longer fits makes it
   * start again: mail may come twice, never not at all.
   * @throws PatchloomError where the source cannot be read.
   */
  read(cursor: string | null, signal: AbortSignal): AsyncIterable<RawMail>;
}

/** Bytes of one mail that are kept at most; the rest is cut and the label says so. */
export const MAIL_CAP = 128 * 1024 * 1024;

/** Ending of the label of a mail that was longer than the cap. */
export function cutNote(cut: boolean): string {
  return cut ? ` (cut at ${MAIL_CAP / (1024 * 1024)} MiB)` : '';
}
