import { seriesId } from '../src/series/series.ts';
import type { NewEvent } from '../src/store/events.ts';
import type { Posting, StateChange } from '../src/store/postings.ts';
import type { EventCategory } from '../src/store/schema-listed.ts';
import type { SeriesKey } from '../src/store/series.ts';
import type { DerivedNews } from './derive.ts';

/** What the arrival of mails is, told as events: series, covers, patches and comments that were not there, and states that changed by it. */
export function eventsOf({ completed, listed }: Pick<DerivedNews, 'completed' | 'listed'>): readonly NewEvent[] {
  const { series, mails } = listed;
  const ofSeries = (category: EventCategory) => (of: SeriesKey) => {
    const number = series.numbers.get(seriesId(of));
    return { project: of.project, category, ...(number === undefined ? {} : { series: number }) };
  };
  return [
    ...mails.created.flatMap((one) => created(one, mails.kinds)),
    ...series.created.map(ofSeries('series-created')),
    ...completed.map(ofSeries('series-completed')),
    ...mails.changed.map((change) => stateChanged(change)),
  ];
}

function created(
  { id, project, msgid, kind, about }: Posting,
  kinds: ReadonlyMap<string, Posting['kind']>,
): readonly NewEvent[] {
  if (kind === 'cover' || kind === 'patch') return [{ project, category: `${kind}-created`, posting: id }];
  if (kind !== 'comment' || about === null || msgid === about) return [];
  const category = kinds.get(`${project} ${about}`) === 'cover' ? 'cover-comment-created' : 'patch-comment-created';
  return [{ project, category, posting: id }];
}

/** @param actor number of the person who did it; left out where mail or upstream did */
export function stateChanged({ posting, before }: StateChange, actor?: number): NewEvent {
  const { id, project, state } = posting;
  const detail = { previous_state: before, current_state: state };
  return {
    project,
    category: 'patch-state-changed',
    posting: id,
    detail,
    ...(actor === undefined ? {} : { actor }),
  };
}
