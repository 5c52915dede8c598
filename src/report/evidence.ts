import { isAligned, verifiedDomains } from '../mail/authentication.ts';
import type { Message } from '../mail/message.ts';
import { tiesToThread } from '../mail/signed-fields.ts';

/** Why a mail is believed to come from whom it names. */
export type Evidence =
  /** A DKIM signature of the writer's own domain holds: our mail server says so, or we have looked at its receipt. */
  | { readonly kind: 'dkim'; readonly domain: string }
  /** Signed with a key that the operator has listed for that address. */
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'none'; readonly reason: string };

/** What is known of one copy of a mail beside its bytes. */
export interface Receipt {
  /** Our own mail server's name in Authentication-Results; null: nobody's word is believed. */
  readonly authserv: string | null;
  /** What was found out at its receipt (`dkimVerdict; developerVerdict`); null where nobody looked. */
  readonly verdict: string | null;
  /** What was written before this time, epoch ms, is an old mail that somebody sends once more. */
  readonly oldest: number;
}

const none = (reason: string): Evidence => ({ kind: 'none', reason });

/**
 * What shows that a copy of a mail comes from whom it names, now, and in this thread. A signature speaks for the From that stands there, so a
 * name that a list has put in its place has none; and genuine mail that is sent once more into another thread is an old signature's new lie.
 */
export function evidenceOf(
  raw: Uint8Array,
  { from, fromHeader, date }: Pick<Message, 'from' | 'fromHeader' | 'date'>,
  { authserv, verdict, oldest }: Receipt,
): Evidence {
  const email = from.email.toLowerCase();
  if (email !== fromHeader.email.toLowerCase()) return none('the list has changed who it is from');
  if (!(Date.parse(date) >= oldest)) return none('it was written long ago');
  const words = (verdict ?? '').split('; ');
  const said = authserv === null ? [] : verifiedDomains(raw, authserv);
  const seen = words.flatMap((one) => /^pass (\S+)$/.exec(one)?.[1] ?? []);
  const domain = [...said, ...seen].find((one) => isAligned(email, [one]));
  const signer = words.includes(`signed ${email}`);
  if (domain === undefined && !signer) return none('nothing shows that the mail comes from whom it names');
  if (domain !== undefined && tiesToThread(raw, 'dkim-signature', domain)) return { kind: 'dkim', domain };
  if (signer && tiesToThread(raw, 'x-developer-signature', email)) return { kind: 'key', name: email };
  return none('its signature covers neither Message-ID nor In-Reply-To: it may be a genuine mail put elsewhere');
}
