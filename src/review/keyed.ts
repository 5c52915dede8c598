import { personKey } from '../series/person.ts';
import type { Tag } from './tag.ts';

/** A tag with the keys by which it is compared. They are made once: a tag of a cover goes to every patch, and on to every version. */
export interface Keyed {
  readonly tag: Tag;
  /** `personKey` of the one it names. */
  readonly person: string;
  /** Kind and person. */
  readonly whole: string;
  /** Kind, person and area; the same as `whole` where there is no area. */
  readonly part: string;
}

export function keyed(tag: Tag): Keyed {
  const person = personKey(tag);
  const whole = `${tag.kind.toLowerCase()}\n${person}`;
  const part = tag.area === null ? whole : `${whole}\n${tag.area.toLowerCase().replaceAll(/\s+/g, ' ')}`;
  return { tag, person, whole, part };
}

/** The same tag with another status or reason; kind, person and area must be the same. */
export function rekeyed(old: Keyed, tag: Tag): Keyed {
  return tag === old.tag ? old : { ...old, tag };
}

/** Tags by kind, person and area. Who has spoken of the whole has spoken of every part of it. */
export class SaidTags {
  readonly #parts = new Set<string>();

  add(one: Keyed): void {
    this.#parts.add(one.part);
  }

  has(one: Keyed): boolean {
    return this.#parts.has(one.part) || this.#parts.has(one.whole);
  }

  hasWhole(one: Keyed): boolean {
    return this.#parts.has(one.whole);
  }
}
