import type { Trailer } from '../patch/patch.ts';
import { COUNTING, type Tag } from './tag.ts';

/** A value as Xen's and Linux's rules write it: name, address, and perhaps the area. */
const CLEAN = /^[^<>]{1,200}<[^<>\s]+>(?:\s*(?:#[^<>]*|\[[^<>\]]*\]|\([^<>)]*\)))?$/;

function valueOf(tag: Tag): string {
  if (CLEAN.test(tag.value) && tag.value.includes(tag.area ?? '')) return tag.value;
  const person = tag.name === '' ? `<${tag.email}>` : `${tag.name} <${tag.email}>`;
  return tag.area === null ? person : `${person} # ${tag.area}`;
}

/** The tags that a commit gets beside those in the patch's own text, oldest first (Xen's rule: chronological order). */
export function trailersFor(tags: readonly Tag[]): Trailer[] {
  return tags
    .filter((tag) => COUNTING.has(tag.status) && tag.status !== 'in-patch')
    .toSorted((one, other) => Date.parse(one.date) - Date.parse(other.date) || (one.givenIn < other.givenIn ? -1 : 1))
    .map((tag) => ({ kind: tag.kind, value: valueOf(tag) }));
}
