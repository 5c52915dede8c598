import type { Entry } from './entry.ts';
import { personKey } from './person.ts';
import { isCover, isSeriesPatch } from './posting.ts';
import { answersPosting, namesOf, peopleOf } from './subject-parent.ts';
import { normalTitle } from './title.ts';

const MAX_REFERENCES = 50;
const WINDOW = 6 * 3_600_000;

/** The first and the last of a long list: the root and the near ancestors matter. */
function capped(references: readonly string[]): readonly string[] {
  if (references.length <= MAX_REFERENCES) return references;
  return [...references.slice(0, 1), ...references.slice(1 - MAX_REFERENCES)];
}

/** What ties a reply to a posting that its headers may not name. One that has headers needs it only where the mails named are lost. */
function answerKeys(entry: Entry): string[] {
  const threaded = entry.inReplyTo !== null || entry.references.length > 0;
  const [writer = '', ...others] = peopleOf(entry);
  const people = threaded ? others.slice(0, 1) : [writer, ...others];
  return people.map((person) => `title:${person}:${normalTitle(entry.parsed.title)}`);
}

/**
 * Keys that a mail shares with the mails it must be derived together with. Mails that share a key, directly or through others,
 * are one *component*: its threads, the other versions of its series (same author and title, or change-id), and the parts of a
 * series that was sent without threading (same author, version and total within six hours).
 */
export function linkKeys(entry: Entry): string[] {
  const ids = [entry.msgid, ...(entry.inReplyTo === null ? [] : [entry.inReplyTo]), ...capped(entry.references)];
  const keys = [...new Set(ids)].map((id) => `id:${id}`);
  if (answersPosting(entry)) return [...keys, ...answerKeys(entry)];
  if (!isCover(entry) && !isSeriesPatch(entry)) return keys;
  const author = personKey(entry.from);
  const { title, version, revision, total } = entry.parsed;
  for (const name of namesOf(entry)) keys.push(`title:${name}:${normalTitle(title)}`);
  if (entry.patch !== null && entry.patch.title !== title)
    keys.push(`title:${author}:${normalTitle(entry.patch.title)}`);
  if (entry.changeId !== null) keys.push(`change:${entry.changeId}`);
  if (total !== null && total > 1 && entry.inReplyTo === null && entry.references.length === 0) {
    const slot = Math.floor(entry.posted / WINDOW);
    const shape = `${author}:${version}.${revision}/${total}`;
    keys.push(`roots:${shape}:${slot}`, `roots:${shape}:${slot + 1}`);
  }
  return keys;
}
