import type { OpenSeries } from '../store/open-series.ts';
import { withQuery } from './links.ts';
import { moment, personWords } from './words.ts';
import type { Moment } from './words.ts';

/** What one person is waited for. */
export interface PersonNeeds {
  readonly person: string;
  readonly href: string;
  /** Changes that wait for the person alone or as one of several. */
  readonly changes: number;
  readonly asAuthor: number;
  /** Since when the first of them waits. */
  readonly since: Moment;
}

/** Who is waited for, most first: by the needs of each open change's verdict. */
export function needsByPerson(open: readonly OpenSeries[], now: number, most: number): readonly PersonNeeds[] {
  const people = new Map<string, { words: string; changes: Set<string>; asAuthor: Set<string>; since: number }>();
  for (const { series, readiness } of open) {
    for (const need of readiness.verdict?.needs ?? []) {
      const who = need.who.length === 0 && need.role === 'author' ? [series.author] : need.who;
      for (const one of who) {
        const email = one.email.toLowerCase();
        const known = people.get(email) ?? {
          words: personWords(one),
          changes: new Set(),
          asAuthor: new Set(),
          since: need.since,
        };
        const name = `${series.project} ${series.change}`;
        known.changes.add(name);
        if (need.role === 'author') known.asAuthor.add(name);
        people.set(email, { ...known, since: Math.min(known.since, need.since) });
      }
    }
  }
  return [...people]
    .map(([email, { words, changes, asAuthor, since }]) => ({
      person: words,
      href: withQuery('/series', { q: 'waiting:me', me: email, sort: 'oldest' }),
      changes: changes.size,
      asAuthor: asAuthor.size,
      since: moment(since, now),
    }))
    .toSorted((a, b) => b.changes - a.changes || (a.since.iso < b.since.iso ? -1 : 1))
    .slice(0, most);
}
