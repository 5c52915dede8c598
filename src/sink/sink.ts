import type { OutgoingMessage } from '../mail/outgoing.ts';

/** How sending one mail ended. */
export type SendResult =
  /** The server has taken it; its words, and who of the recipients it refused. */
  | { readonly kind: 'sent'; readonly response: string }
  /** It was not taken, for now: trying again is safe and may help. */
  | { readonly kind: 'retry'; readonly reason: string }
  /** It will never be taken as it is. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The connection ended after the text had begun to flow: it may have been taken. Look whether the list has it before trying again. */
  | { readonly kind: 'doubtful'; readonly reason: string };

/** Where mail goes. */
export interface Sink {
  /** For messages to people: `smtp.example.org:587`, or a directory. */
  readonly name: string;
  /**
   * Sends one mail. A failure is a result, not an error. When the signal fires the try ends at once: as `retry` where the text had
   * not begun to flow, else as `doubtful`.
   */
  send(message: OutgoingMessage, signal?: AbortSignal): Promise<SendResult>;
  /** Whether mail could be sent now, without sending any. @throws PatchloomError SMTP_AUTH, SMTP_UNREACHABLE, STORE_UNUSABLE */
  verify(): Promise<void>;
  close(): void;
}

/** Everybody who is to get the mail, once each. */
export function envelopeTo(message: OutgoingMessage): string[] {
  const seen = new Map<string, string>();
  for (const { email } of [...message.to, ...message.cc]) seen.set(email.toLowerCase(), email);
  return [...seen.values()];
}
