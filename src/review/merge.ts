import { kindOf } from './kinds.ts';
import { type Keyed, rekeyed, SaidTags } from './keyed.ts';
import { COUNTING, type Tag } from './tag.ts';

/** Tags of one person on one patch that are looked at; a flood of replies must not cost a square. */
const MAX_TAGS = 100;

/** Marks an earlier tag as taken back; its evidence stays. */
function withdraw(tag: Tag, why: string): Tag {
  return { ...tag, status: 'withdrawn', why };
}

/** What a later tag of the same person does to an earlier one; the earlier one unchanged where nothing. */
export function overruled(earlier: Tag, later: Tag): Tag {
  const counted = COUNTING.has(earlier.status);
  if (later.status === 'withdrawn' && (counted || earlier.status === 'objection')) {
    const objections = !counted && kindOf(later.kind)?.blocking === true;
    return earlier.kind === later.kind || objections ? withdraw(earlier, `taken back in ${later.givenIn}`) : earlier;
  }
  if (earlier.status === 'objection' && COUNTING.has(later.status) && kindOf(later.kind)?.review === true) {
    return withdraw(earlier, `the objection ended with the ${later.kind} in ${later.givenIn}`);
  }
  if (later.status === 'objection' && counted && kindOf(earlier.kind)?.review === true) {
    return withdraw(earlier, `${later.kind} in ${later.givenIn} came later`);
  }
  return earlier;
}

/** Whether nothing is new in `later` after `earlier` of the same person. */
function saysAlready(earlier: Keyed, later: Keyed): boolean {
  if (earlier.part !== later.part && earlier.part !== later.whole) return false;
  const [was, is] = [earlier.tag.status, later.tag.status];
  return was === is || (COUNTING.has(was) && is !== 'withdrawn' && is !== 'objection');
}

/** Without what a tag that counts makes needless: a conditional or doubtful one of the same words, and a part beside the whole. */
function withoutNeedless(tags: readonly Keyed[]): Keyed[] {
  const counting = new SaidTags();
  for (const one of tags) if (COUNTING.has(one.tag.status)) counting.add(one);
  return tags.filter((one) => {
    const { status } = one.tag;
    if (status === 'withdrawn') return true;
    return COUNTING.has(status) ? one.part === one.whole || !counting.hasWhole(one) : !counting.has(one);
  });
}

/**
 * One tag for each kind, person, area and status: the first that was said. A tag that counts makes the same person's conditional or
 * doubtful one of that kind needless. `tags` are in the order in which they were said.
 */
export function mergeTags(tags: readonly Keyed[]): Keyed[] {
  const kept: Keyed[] = [];
  const ofPerson = new Map<string, number[]>();
  for (const one of tags) {
    const own = ofPerson.get(one.person) ?? [];
    ofPerson.set(one.person, own);
    for (const at of own) {
      const earlier = kept[at];
      if (earlier !== undefined) kept[at] = rekeyed(earlier, overruled(earlier.tag, one.tag));
    }
    if (own.length >= MAX_TAGS || own.some((at) => saysAlready(kept[at] ?? one, one))) continue;
    own.push(kept.length);
    kept.push(one);
  }
  return withoutNeedless(kept);
}
