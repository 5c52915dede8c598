import type { MirrorResult } from '../src/mirror/mirror.ts';
import type { Tag } from '../src/review/tag.ts';
import type { StoredSeries } from '../src/store/series.ts';

/** The tags on the patches of a series that do not stand in the patches themselves. */
export function lateTags({ tags }: Pick<StoredSeries, 'tags'>): readonly Tag[] {
  return [...tags.patches.values()].flat().filter(({ status }) => status !== 'in-patch');
}

/**
 * Notes for the commits of a series: what was said of each patch, and why it is believed or not.
 * @param commits the commit after each patch
 * @returns text by commit; commits of patches of which nothing was said have none
 */
export function tagNotes(
  { series, tags }: StoredSeries,
  { already }: Pick<MirrorResult, 'already'>,
  commits: readonly string[],
): ReadonlyMap<string, string> {
  const notes = new Map<string, string>();
  for (const [at, { index, msgid }] of series.patches.entries()) {
    const commit = commits[at];
    const said = (tags.patches.get(msgid) ?? []).filter(({ status }) => status !== 'in-patch');
    // A patch whose work was there has no commit of its own.
    if (commit === undefined || already.includes(index) || said.length === 0) continue;
    notes.set(commit, said.map(noteOf).join('\n'));
  }
  return notes;
}

function noteOf(tag: Tag): string {
  const from = tag.carriedFrom === null ? '' : `, carried from ${tag.carriedFrom}`;
  const dkim = tag.dkim === null ? '' : `; dkim ${tag.dkim}`;
  return [
    `${tag.kind}: ${oneLine(tag.value)}`,
    `    ${tag.status} in ${oneLine(tag.givenIn)}, ${tag.date}${oneLine(from)}`,
    `    ${oneLine(`${tag.why}${dkim}`)}`,
  ].join('\n');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 500);
}
