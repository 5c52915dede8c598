import { normalTitle } from '../series/title.ts';
import { type Series, seriesId, type SeriesPatch } from '../series/series.ts';
import { type Keyed, rekeyed, SaidTags } from './keyed.ts';
import { overruled } from './merge.ts';
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
function kept(one: Keyed, patch: SeriesPatch, earlier: readonly Earlier[]): Keyed {
  const { tag } = one;
  if (tag.status !== 'in-patch' || tag.givenIn !== patch.msgid) return one;
  const given = earlier.find(({ tags }) =>
    tags.some((other) => other.tag.status === 'given' && other.part === one.part),
  );
  if (given === undefined || given.patch.contentHash === patch.contentHash) return one;
  return rekeyed(one, {
    ...tag,
    why: `kept by the author; the patch has changed since it was given on ${versionWords(given.series)}`,
  });
}

interface Earlier {
  readonly patch: SeriesPatch;
  readonly series: Series;
  readonly tags: readonly Keyed[];
}

/** What each person said, on this version or an earlier one, in his own name: a trailer is the author's word for him. */
function wordsByPerson(tags: readonly Keyed[]): ReadonlyMap<string, readonly Keyed[]> {
  return Map.groupBy(
    tags.filter(({ tag }) => tag.status !== 'in-patch' && tag.sender !== 'other-person'),
    ({ person }) => person,
  );
}

/** Whether the same person has since said what ends this: taken it back, objected, or approved of what he objected to. */
function isEnded({ tag, person }: Keyed, said: ReadonlyMap<string, readonly Keyed[]>): boolean {
  const date = Date.parse(tag.date);
  return (said.get(person) ?? []).some(
    (later) => Date.parse(later.tag.date) > date && overruled(tag, later.tag) !== tag,
  );
}

/** More are not handed on: each version would have all of its predecessors', and a flood cost a square. */
const MAX_CARRIED = 100;

function carryInto(patch: SeriesPatch, own: readonly Keyed[], earlier: readonly Earlier[]): Keyed[] {
  const tags = own.map((tag) => kept(tag, patch, earlier));
  const known = new SaidTags();
  for (const one of own) known.add(one);
  const said = wordsByPerson([...own, ...earlier.flatMap((one) => one.tags)]);
  for (const one of earlier) {
    for (const old of one.tags) {
      if (tags.length - own.length >= MAX_CARRIED) return tags;
      const carried = known.has(old) || isEnded(old, said) ? null : handedOn(old.tag, one.patch, patch, one.series);
      if (carried === null) continue;
      known.add(old);
      tags.push(rekeyed(old, carried));
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

/** Tags of one series before they are told: cover tags apart, then by patch Message-ID. */
export interface KeyedTags {
  readonly cover: readonly Keyed[];
  readonly patches: ReadonlyMap<string, readonly Keyed[]>;
}

const bare = (tags: readonly Keyed[]): Tag[] => tags.map(({ tag }) => tag);

/** Adds to each version what earlier versions of the same change hand on to its patches. */
export function carryOver(
  series: readonly Series[],
  given: ReadonlyMap<string, KeyedTags>,
): ReadonlyMap<string, SeriesTags> {
  const result = new Map<string, SeriesTags>();
  const histories = new Map<string, History>();
  for (const one of series.toSorted(compareVersions)) {
    const change = `${one.project}\n${one.change}`;
    const history = histories.get(change) ?? new History();
    histories.set(change, history);
    const own = given.get(seriesId(one)) ?? { cover: [], patches: new Map<string, Keyed[]>() };
    const carried = one.patches.map((patch): Earlier => {
      const tags = carryInto(patch, own.patches.get(patch.msgid) ?? [], history.of(patch));
      return { patch, series: one, tags };
    });
    for (const earlier of carried) history.add(earlier);
    const patches = new Map(carried.map(({ patch, tags }) => [patch.msgid, bare(tags)] as const));
    result.set(seriesId(one), { cover: bare(own.cover), patches });
  }
  return result;
}
