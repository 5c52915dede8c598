import type { Address, Message } from '../mail/message.ts';
import { oneLine } from './text.ts';

/** What must be known of the mail that is answered. */
export type Answered = Pick<
  Message,
  'msgid' | 'references' | 'subject' | 'from' | 'fromHeader' | 'to' | 'cc' | 'automatic'
>;

/** Who gets a report. */
export interface Recipients {
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
}

/** Who is to get the reports of a project. */
export interface Audience {
  readonly to: 'list' | 'author';
  readonly lists: readonly string[];
  /** Whom its rules add. */
  readonly extra: readonly Address[];
}

/**
 * The author in To, the list in Cc: those of the project's lists that got the mail, else its first, and whom a rule adds. Nobody else: people
 * who are in Cc of a patch did not ask for a machine's mail.
 * @returns null where no program may answer: automatic mail, our own, or no usable address (RFC 3834 §2).
 */
export function recipientsOf(message: Answered, bot: Address, settings: Audience): Recipients | null {
  const author = { name: oneLine(message.from.name, 100), email: message.from.email };
  if (message.automatic || isMachine(author.email) || !isAddress(author.email)) return null;
  if ([message.from, message.fromHeader].some(({ email }) => same(email, bot.email))) return null;
  const got = [...message.to, ...message.cc];
  const reached = settings.lists.filter((list) => got.some(({ email }) => same(email, list)));
  const lists = reached.length > 0 ? reached : settings.lists.slice(0, 1);
  const copies = settings.to === 'list' ? lists.filter((list) => !same(list, author.email)) : [];
  const extra = settings.extra
    .filter(({ email }) => ![author.email, bot.email, ...copies].some((one) => same(one, email)))
    .map(({ name, email }) => ({ name: oneLine(name, 100), email }));
  return { to: [author], cc: [...copies.map((email) => ({ name: '', email })), ...extra] };
}

/** Words of a local part that people do not bear: mail systems, and the bots that are met on lists. */
const MACHINE =
  /(?:^|[-_.+])(?:mailer-daemon|postmaster|(?:do-?)?no-?reply|bounces?|bot|robot|autobot|syzbot|patchwork-bot|tip-bot2?|lkp|0day|kbuild|buildbot|ci|osstest|patchew)(?:[-_.+]|$)/i;

/** Whether an address is that of a program, by its local part. */
export function isMachine(email: string): boolean {
  return MACHINE.test(email.slice(0, email.lastIndexOf('@')).slice(0, 128));
}

/** A plain address: nothing that could leave its place in a header or on the command line of SMTP. */
export function isAddress(email: string): boolean {
  return email.length <= 254 && /^[^\s\p{Cc}<>()[\]\\,;:"@]+@[\p{L}\p{N}][\p{L}\p{N}.-]*$/u.test(email);
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
