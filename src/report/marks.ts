import type { Series } from '../series/series.ts';
import { oneLine } from './text.ts';
import type { MarkView, SeriesFacts } from './view.ts';

/** The state that people have set of all patches of a series alike, or null. */
export function markedState({ patches }: Pick<Series, 'patches'>, marks: SeriesFacts['marks']): string | null {
  const states = new Set(patches.map(({ msgid }) => marks.get(msgid)?.state ?? null));
  const [state = null] = states;
  return states.size === 1 ? state : null;
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
