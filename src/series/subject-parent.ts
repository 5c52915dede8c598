import type { Entry } from './entry.ts';
import { personKey } from './person.ts';
import { isCover, isSeriesPatch } from './posting.ts';
import { normalTitle } from './title.ts';

const MAX_PEOPLE = 20;

/** Whether a mail says by its subject that it answers a patch or a cover. */
export function answersPosting({ parsed }: Entry): boolean {
  return parsed.reply && (parsed.patch || parsed.index !== null) && parsed.title !== '';
}

/** Names of those whose work a reply may be about: its writer and those it was sent to. */
export function peopleOf(entry: Entry): string[] {
  return [...new Set([entry.from, ...entry.recipients.slice(0, MAX_PEOPLE)].map(personKey))];
}

/** Names under which the author of a posting may be addressed: his own, and the bare address. */
export function namesOf({ from }: Entry): string[] {
  return [...new Set([personKey(from), from.email.toLowerCase()])];
}

function keyOf(person: string, { parsed }: Entry): string {
  const { title, version, revision, index } = parsed;
  return `${person}\n${version}.${revision} ${index ?? ''}\n${normalTitle(title)}`;
}

/**
 * Finds what a reply answers that no header ties to a known mail: the posting of the same title, version and number whose author it was sent
 * to; of several the last before the reply. `entries` are sorted.
 */
export function subjectParents(entries: readonly Entry[]): (reply: Entry) => Entry | null {
  const postings = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (!isCover(entry) && !isSeriesPatch(entry)) continue;
    for (const name of namesOf(entry)) {
      const key = keyOf(name, entry);
      const list = postings.get(key);
      if (list === undefined) postings.set(key, [entry]);
      else list.push(entry);
    }
  }
  return (reply) => {
    if (!answersPosting(reply)) return null;
    for (const person of peopleOf(reply)) {
      const found = postings.get(keyOf(person, reply));
      if (found !== undefined) return lastBefore(found, reply.posted) ?? found[0] ?? null;
    }
    return null;
  };
}

/** The last of a sorted list that was posted by then; by halves, because many answers may ask of many postings. */
function lastBefore(entries: readonly Entry[], posted: number): Entry | undefined {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.posted ?? 0) <= posted) low = middle + 1;
    else high = middle;
  }
  return entries[low - 1];
}
