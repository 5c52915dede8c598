import type { Entry } from './entry.ts';
import { indexOf, type Group } from './group.ts';
import { isCover, isPull } from './posting.ts';
import type { Disposition, Series } from './series.ts';
import type { Threads } from './thread.ts';

/** A posting's place: the series that it is part of. */
export interface Placed {
  readonly series: Series;
  readonly group: Group;
  /** Other projects that have it, too. */
  readonly alsoIn?: readonly string[];
}

const LISTED = 12;

/** `3/7, 5/7 and 2 more have not arrived`. */
function missingWords(series: Series): string {
  const total = series.patches[0]?.total ?? series.missing.length;
  const named = series.missing.slice(0, LISTED).map((index) => `${index}/${total}`);
  const more = series.missing.length - named.length;
  if (more > 0) named.push(`${more} more`);
  const list =
    named.length > 1 ? `${named.slice(0, -1).join(', ')} and ${named.at(-1) ?? ''}` : (named[0] ?? 'the patches');
  return `${list} ${named.length > 1 ? 'have' : 'has'} not arrived`;
}

function versionWords(series: Pick<Series, 'version' | 'revision'>): string {
  return series.revision > 0 ? `v${series.version}.${series.revision}` : `v${series.version}`;
}

function postingWords(entry: Entry, series: Series): string {
  if (isCover(entry)) return `cover of ${versionWords(series)}`;
  const index = indexOf(entry);
  const total = series.patches[0]?.total ?? index;
  return total === 1 && entry.parsed.index === null
    ? `the only patch of ${versionWords(series)}`
    : `patch ${index}/${total} of ${versionWords(series)}`;
}

function ofPosting(entry: Entry, { series, group, alsoIn = [] }: Placed): Disposition {
  const base = { msgid: entry.msgid, project: series.project, series: series.msgid, about: null };
  const also = alsoIn.length === 0 ? '' : `, also in ${alsoIn.join(', ')}`;
  const what = `${postingWords(entry, series)}${also}`;
  const kind = isCover(entry) ? 'cover' : 'patch';
  if (group.duplicates.has(entry))
    return { ...base, kind: 'other', reason: `${what}, but an earlier mail is that already` };
  if (group.base !== null) {
    const reason = `${what}; stands in the place of that of ${versionWords(group.base)}, whose other patches stay`;
    return { ...base, kind: series.complete ? kind : 'held', reason };
  }
  if (!series.complete) return { ...base, kind: 'held', reason: `${what}; held: ${missingWords(series)}` };
  return { ...base, kind, reason: series.state === 'superseded' ? `${what}; a later version replaces it` : what };
}

function ofReply(entry: Entry, threads: Threads, placed: ReadonlyMap<string, Placed>): Disposition | null {
  for (const above of threads.ancestors(entry.msgid)) {
    const place = placed.get(above.msgid);
    if (place === undefined || place.group.duplicates.has(above)) continue;
    const { series } = place;
    const bySubject = threads.bySubject(entry.msgid);
    const how = bySubject ? ', by its subject: what it answers has not been seen' : '';
    const reason = `reply to ${postingWords(above, series)}${how}`;
    return {
      msgid: entry.msgid,
      kind: 'reply',
      project: series.project,
      series: series.msgid,
      about: above.msgid,
      reason,
      ...(bySubject ? { bySubject } : {}),
    };
  }
  return null;
}

/** Why a mail that belongs to no series was left alone. */
function aloneReason(entry: Entry, project: string | null): Pick<Disposition, 'kind' | 'reason'> {
  if (entry.broken !== null) return { kind: 'broken', reason: entry.broken };
  if (isPull(entry)) return { kind: 'pull-request', reason: 'a pull request: its subject says PULL' };
  if (entry.automatic) return { kind: 'automatic', reason: 'written by a program' };
  if (project === null) return { kind: 'not-ours', reason: 'sent to none of the lists that a project reads' };
  const answers = entry.parsed.reply || entry.inReplyTo !== null;
  if (answers)
    return { kind: 'other', reason: 'reply to something that is no patch, or to a patch that has not been seen' };
  if (entry.patch !== null)
    return { kind: 'other', reason: 'holds a diff, but its subject does not say that it is a patch' };
  return { kind: 'other', reason: 'no patch' };
}

/** What became of one mail. `project` is where its own headers route it; `unrouted` says that its series has no project. */
export function dispositionOf(
  entry: Entry,
  threads: Threads,
  placed: ReadonlyMap<string, Placed>,
  routed: { readonly project: string | null; readonly unrouted: boolean },
): Disposition {
  const place = placed.get(entry.msgid);
  if (place !== undefined) return ofPosting(entry, place);
  const alone = { msgid: entry.msgid, project: routed.project, series: null, about: null };
  if (routed.unrouted)
    return { ...alone, kind: 'not-ours', reason: 'a patch that no project takes by its lists or subject words' };
  if (entry.automatic) return { ...alone, ...aloneReason(entry, routed.project) };
  if (isPull(entry) && !entry.parsed.reply) return { ...alone, ...aloneReason(entry, routed.project) };
  return ofReply(entry, threads, placed) ?? { ...alone, ...aloneReason(entry, routed.project) };
}
