import { componentOf } from '../../store/components.ts';
import { digestsOfComponents } from '../../store/messages.ts';
import type { Db } from '../../store/schema.ts';

/** Mails of a thread that are given out; the archive of a list is not one thread. */
const MOST = 5000;

/**
 * Message-IDs of the thread that a mail is in, oldest first: all that are connected by what In-Reply-To and References name, also through mails
 * that are not here. Null where the mail is not known.
 */
export async function threadOf(db: Db, msgid: string): Promise<readonly string[] | null> {
  const component = await componentOf(db, msgid);
  if (component === null) return null;
  const known = (await digestsOfComponents(db, [component])).get(component) ?? [];
  const mails = known.map(({ digest: { entry } }) => ({
    msgid: entry.msgid,
    ids: [entry.msgid, ...(entry.inReplyTo === null ? [] : [entry.inReplyTo]), ...entry.references],
  }));
  const naming = new Map<string, (typeof mails)[number][]>();
  for (const mail of mails) {
    for (const id of mail.ids) {
      const list = naming.get(id);
      if (list === undefined) naming.set(id, [mail]);
      else list.push(mail);
    }
  }
  const reached = new Set([msgid]);
  // A set that grows while it is walked through: every id is looked at once.
  for (const id of reached) {
    for (const mail of naming.get(id) ?? []) for (const other of mail.ids) reached.add(other);
    naming.delete(id);
  }
  return mails.flatMap((mail) => (reached.has(mail.msgid) ? [mail.msgid] : [])).slice(0, MOST);
}
