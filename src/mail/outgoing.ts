import type { Address } from './message.ts';

/** A rendered mail, decided once: its Message-ID is given when it is decided, never when it is sent. */
export interface OutgoingMessage {
  readonly msgid: string;
  readonly from: Address;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly subject: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  /** ISO 8601 with zone: when it was decided. */
  readonly date: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Plain text, 72 columns. */
  readonly text: string;
}
