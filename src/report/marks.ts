import type { Series } from '../series/series.ts';
import { oneLine } from './text.ts';
import type { MarkView, SeriesFacts } from './view.ts';

/** The state that people have set of all patches of a series alike, or null. */
export function markedState({ patches }: Pick<Series, 'patches'>, marks: SeriesFacts['marks']): string | null {
  const states = new Set(patches.map(({ msgid }) => marks.get(msgid)?.state ?? null));
  const [state = null] = states;
  return states.size === 1 ? state : null;
}

/**
 * The states in which nobody is expected to do anything with a patch as it is, as Patchwork has it: all but `new` and `under-review`. What is
 * said first comes first.
 */
export const ASIDE = [
  'rejected',
  'changes-requested',
  'deferred',
  'not-applicable',
  'superseded',
  'rfc',
  'awaiting-upstream',
  'accepted',
] as const;

/** By which states people have set a series aside: those of its patches, but for numbers that upstream has. None: it is open. */
export function asideStates(
  { patches }: Pick<Series, 'patches'>,
  marks: SeriesFacts['marks'],
  landed: readonly number[] = [],
): readonly string[] {
  const open = patches.filter(({ index }) => !landed.includes(index));
  const states = new Set(open.map(({ msgid }) => marks.get(msgid)?.state ?? ''));
  return ASIDE.filter((state) => states.has(state));
}

/** Whether people have said that a series is not to go in as it is, or has; see `asideStates`. */
export function isAside(one: {
  readonly series: Pick<Series, 'patches'>;
  readonly marks: SeriesFacts['marks'];
  readonly landed?: readonly number[];
}): boolean {
  return asideStates(one.series, one.marks, one.landed).length > 0;
}

/** Who has set what of which patches of a series: `patch 1, 3: set by ci: rejected`. */
export function markSummary({ patches }: Pick<Series, 'patches'>, marks: SeriesFacts['marks']): readonly string[] {
  const words = Map.groupBy(patches, ({ msgid }) => markWords(marks.get(msgid)));
  return [...words].flatMap(([word, some]) => {
    const which = some.length === patches.length ? 'all patches' : `patch ${some.map(({ index }) => index).join(', ')}`;
    return word === '' ? [] : [`${which}: ${word}`];
  });
}

/** What people have set of a patch, in words: `set by ci: accepted, archived`; empty where nobody has. */
export function markWords(mark: MarkView | undefined): string {
  if (mark === undefined) return '';
  const words = [
    ...(mark.state === null ? [] : [mark.state]),
    ...(mark.archived ? ['archived'] : []),
    ...(mark.delegate === null ? [] : [`delegated to ${oneLine(mark.delegate, 100)}`]),
    ...(mark.commit_ref === null ? [] : [`commit ${oneLine(mark.commit_ref, 60)}`]),
  ];
  return words.length === 0 ? '' : `set by ${oneLine(mark.by, 100)}: ${words.join(', ')}`;
}
