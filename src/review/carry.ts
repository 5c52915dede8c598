import { personKey } from '../series/person.ts';
import { normalTitle } from '../series/title.ts';
import { type Series, seriesId, type SeriesPatch } from '../series/series.ts';
import { overruled, SaidTags, tagKey } from './merge.ts';
import type { SeriesTags, Tag } from './tag.ts';

function compareVersions(one: Series, other: Series): number {
  return (
    one.version - other.version ||
    one.revision - other.revision ||
    one.posted - other.posted ||
    (one.msgid < other.msgid ? -1 : 1)
  );
}

function versionWords(series: Series): string {
  return series.revision > 0 ? `v${series.version}.${series.revision}` : `v${series.version}`;
}

/** What an earlier version's patch hands on: tags that were given where the content is the same, open objections always. */
function handedOn(tag: Tag, from: SeriesPatch, to: SeriesPatch, series: Series): Tag | null {
  if (from.msgid === to.msgid) return tag;
  const carriedFrom = tag.carriedFrom ?? from.msgid;
  if (tag.status === 'objection') {
    return { ...tag, carriedFrom, why: `objected to ${versionWords(series)}, and not taken back` };
  }
  if (from.contentHash !== to.contentHash) return offered(tag, series, carriedFrom);
  if (tag.status === 'carried') return tag;
  if (tag.status !== 'given') return null;
  return {
    ...tag,
    status: 'carried',
    carriedFrom,
    why: `given on ${versionWords(series)}; the patch has not changed since`,
  };
}

/** A review of what has changed since: shown, so that author and reviewer can say whether it still holds, and not counted. */
function offered(tag: Tag, series: Series, carriedFrom: string): Tag | null {
  if (tag.status !== 'given') return null;
  const why = `given on ${versionWords(series)}; the patch has changed since, so it is offered, not carried`;
  return { ...tag, status: 'doubtful', carriedFrom, why };
}

/** A tag that the author kept in the text though the patch changed is his word; it is told apart. */
function kept(tag: Tag, patch: SeriesPatch, earlier: readonly Earlier[]): Tag {
  if (tag.status !== 'in-patch' || tag.givenIn !== patch.msgid) return tag;
  const given = earlier.find((one) =>
    one.tags.some((other) => other.status === 'given' && tagKey(other) === tagKey(tag)),
  );
  if (given === undefined || given.patch.contentHash === patch.contentHash) return tag;
  return {
    ...tag,
    why: `kept by the author; the patch has changed since it was given on ${versionWords(given.series)}`,
  };
}

interface Earlier {
  readonly patch: SeriesPatch;
  readonly series: Series;
  readonly tags: readonly Tag[];
}

/** What each person said, on this version or an earlier one, in his own name: a trailer is the author's word for him. */
function wordsByPerson(tags: readonly Tag[]): ReadonlyMap<string, readonly Tag[]> {
  return Map.groupBy(
    tags.filter((tag) => tag.status !== 'in-patch' && tag.sender !== 'other-person'),
    personKey,
  );
}

/** Whether the same person has since said what ends this: taken it back, objected, or approved of what he objected to. */
function isEnded(tag: Tag, said: ReadonlyMap<string, readonly Tag[]>): boolean {
  const date = Date.parse(tag.date);
  return (said.get(personKey(tag)) ?? []).some(
    (later) => Date.parse(later.date) > date && overruled(tag, later) !== tag,
  );
}

function carryInto(patch: SeriesPatch, own: readonly Tag[], earlier: readonly Earlier[]): Tag[] {
  const tags = own.map((tag) => kept(tag, patch, earlier));
  const known = new SaidTags();
  for (const tag of own) known.add(tag);
  const said = wordsByPerson([...own, ...earlier.flatMap((one) => one.tags)]);
  for (const one of earlier) {
    for (const tag of one.tags) {
      const carried = known.has(tag) || isEnded(tag, said) ? null : handedOn(tag, one.patch, patch, one.series);
      if (carried === null) continue;
      known.add(tag);
      tags.push(carried);
    }
  }
  return tags;
}

/** Earlier patches by what makes them the same work: content, or title. */
class History {
  readonly #byKey = new Map<string, Earlier[]>();

  add(earlier: Earlier): void {
    for (const key of keysOf(earlier.patch)) {
      const list = this.#byKey.get(key);
      if (list === undefined) this.#byKey.set(key, [earlier]);
      else list.push(earlier);
    }
  }

  /** The newest first, so that the newest evidence is the one kept. */
  of(patch: SeriesPatch): Earlier[] {
    const found = new Set(keysOf(patch).flatMap((key) => this.#byKey.get(key)?.slice(-10) ?? []));
    return [...found].sort((one, other) => compareVersions(other.series, one.series));
  }
}

function keysOf(patch: SeriesPatch): string[] {
  return [`hash ${patch.contentHash}`, `title ${normalTitle(patch.subject)}`];
}

/** Adds to each version what earlier versions of the same change hand on to its patches. */
export function carryOver(
  series: readonly Series[],
  given: ReadonlyMap<string, SeriesTags>,
): ReadonlyMap<string, SeriesTags> {
  const result = new Map<string, SeriesTags>();
  const histories = new Map<string, History>();
  for (const one of series.toSorted(compareVersions)) {
    const change = `${one.project}\n${one.change}`;
    const history = histories.get(change) ?? new History();
    histories.set(change, history);
    const own = given.get(seriesId(one)) ?? { cover: [], patches: new Map() };
    const patches = new Map<string, readonly Tag[]>();
    for (const patch of one.patches) {
      patches.set(patch.msgid, carryInto(patch, own.patches.get(patch.msgid) ?? [], history.of(patch)));
    }
    for (const patch of one.patches) history.add({ patch, series: one, tags: patches.get(patch.msgid) ?? [] });
    result.set(seriesId(one), { cover: own.cover, patches });
  }
  return result;
}
