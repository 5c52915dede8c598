import { personKey } from '../series/person.ts';
import { kindOf } from './kinds.ts';
import { COUNTING, type Tag } from './tag.ts';

/** Tags of one person on one patch that are looked at; a flood of replies must not cost a square. */
const MAX_TAGS = 200;

/** Same kind and person. The name is the person's key; an address alone where there is none. */
export function tagKey(tag: Tag): string {
  return `${tag.kind.toLowerCase()}\n${personKey(tag)}`;
}

/** Tags by kind, person and area. Who has spoken of the whole has spoken of every part of it. */
export class SaidTags {
  readonly #keys = new Set<string>();

  add(tag: Tag): void {
    this.#keys.add(`${tagKey(tag)}\n${areaKey(tag)}`);
  }

  has(tag: Tag): boolean {
    return this.hasWhole(tag) || this.#keys.has(`${tagKey(tag)}\n${areaKey(tag)}`);
  }

  hasWhole(tag: Tag): boolean {
    return this.#keys.has(`${tagKey(tag)}\n`);
  }
}

function areaKey({ area }: Tag): string {
  return area === null ? '' : area.toLowerCase().replaceAll(/\s+/g, ' ');
}

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
function saysAlready(earlier: Tag, later: Tag): boolean {
  if (earlier.kind.toLowerCase() !== later.kind.toLowerCase()) return false;
  if (earlier.area !== null && areaKey(earlier) !== areaKey(later)) return false;
  if (earlier.status === later.status) return true;
  return COUNTING.has(earlier.status) && later.status !== 'withdrawn' && later.status !== 'objection';
}

/** Without what a tag that counts makes needless: a conditional or doubtful one of the same words, and a part beside the whole. */
function withoutNeedless(tags: readonly Tag[]): Tag[] {
  const counting = new SaidTags();
  for (const tag of tags) if (COUNTING.has(tag.status)) counting.add(tag);
  return tags.filter((tag) => {
    if (tag.status === 'withdrawn') return true;
    return COUNTING.has(tag.status) ? tag.area === null || !counting.hasWhole(tag) : !counting.has(tag);
  });
}

/**
 * One tag for each kind, person, area and status: the first that was said. A tag that counts makes the same person's conditional or
 * doubtful one of that kind needless. `tags` are in the order in which they were said.
 */
export function mergeTags(tags: readonly Tag[]): Tag[] {
  const kept: Tag[] = [];
  const ofPerson = new Map<string, number[]>();
  for (const tag of tags) {
    const person = personKey(tag);
    const own = ofPerson.get(person) ?? [];
    ofPerson.set(person, own);
    for (const at of own) kept[at] = overruled(kept[at] ?? tag, tag);
    if (own.length >= MAX_TAGS || own.some((at) => saysAlready(kept[at] ?? tag, tag))) continue;
    own.push(kept.length);
    kept.push(tag);
  }
  return withoutNeedless(kept);
}
