import { personKey } from '../series/person.ts';
import { kindOf } from './kinds.ts';
import { COUNTING, type Tag } from './tag.ts';

/** Tags of one patch that are looked at; a flood of replies must not cost a square. */
const MAX_TAGS = 1000;

/** Same kind and person. The name is the person's key; an address alone where there is none. */
export function tagKey(tag: Tag): string {
  return `${tag.kind.toLowerCase()}\n${personKey(tag)}`;
}

/** Marks an earlier tag as taken back; its evidence stays. */
function withdraw(tag: Tag, why: string): Tag {
  return { ...tag, status: 'withdrawn', why };
}

/** What a later tag of the same person does to an earlier one; the earlier one unchanged where nothing. */
function overruled(earlier: Tag, later: Tag): Tag {
  if (personKey(earlier) !== personKey(later)) return earlier;
  if (later.status === 'withdrawn' && earlier.kind === later.kind && COUNTING.has(earlier.status)) {
    return withdraw(earlier, `taken back in ${later.givenIn}`);
  }
  if (earlier.status === 'objection' && COUNTING.has(later.status) && kindOf(later.kind)?.review === true) {
    return withdraw(earlier, `the objection ended with the ${later.kind} in ${later.givenIn}`);
  }
  if (later.status === 'objection' && later.sender !== 'other-person' && COUNTING.has(earlier.status)) {
    return kindOf(earlier.kind)?.review === true
      ? withdraw(earlier, `${later.kind} in ${later.givenIn} came later`)
      : earlier;
  }
  return earlier;
}

/**
 * One tag for each kind, person and status: the first that was said. A tag that counts makes the same person's conditional or
 * doubtful one of that kind needless. `tags` are in the order in which they were said.
 */
export function mergeTags(tags: readonly Tag[]): Tag[] {
  const kept: Tag[] = [];
  for (const tag of tags.slice(0, MAX_TAGS)) {
    for (const [index, earlier] of kept.entries()) kept[index] = overruled(earlier, tag);
    const same = kept.filter((earlier) => tagKey(earlier) === tagKey(tag));
    const known = same.some(
      (earlier) =>
        earlier.status === tag.status ||
        (COUNTING.has(earlier.status) && tag.status !== 'withdrawn' && tag.status !== 'objection'),
    );
    if (known) continue;
    kept.push(tag);
  }
  const counting = new Set(kept.filter((tag) => COUNTING.has(tag.status)).map(tagKey));
  return kept.filter((tag) => COUNTING.has(tag.status) || !counting.has(tagKey(tag)) || tag.status === 'withdrawn');
}
