import type { Tag } from '../review/tag.ts';
import type { Db } from '../store/schema.ts';
import { changePath, messagePath, patchPath } from './links.ts';
import { patchInSeries } from './patch-page.ts';
import { SENDER_WORDS, TAG_STATES, moment, personWords, short, versionWords } from './words.ts';
import type { Badge, Moment } from './words.ts';

/** Why one tag is believed, or not. */
export interface EvidenceRow {
  readonly kind: string;
  readonly value: string;
  readonly person: string;
  readonly badge: Badge;
  readonly why: string;
  readonly scope: string;
  readonly given: Moment;
  readonly href: string;
  readonly sender: string;
  readonly dkim: string;
  /** Page of the earlier patch that it was given on, or empty. */
  readonly carriedHref: string;
}

export interface EvidenceModel {
  readonly title: string;
  readonly patchHref: string;
  readonly change: { readonly words: string; readonly href: string };
  readonly rows: readonly EvidenceRow[];
}

/** Reads the evidence of a patch's tags; null where the patch is not known. */
export async function evidenceModel(db: Db, msgid: string, now: number): Promise<EvidenceModel | null> {
  const found = await patchInSeries(db, msgid);
  if (found === null) return null;
  const { series } = found.stored;
  return {
    title: short(found.patch.subject) || '(no subject)',
    patchHref: patchPath(msgid),
    change: {
      words: `${versionWords(series)} of ${short(series.subject)}`,
      href: changePath(series.change, series.project),
    },
    rows: found.tags.map((tag) => evidenceRow(tag, now)),
  };
}

function evidenceRow(tag: Tag, now: number): EvidenceRow {
  return {
    kind: short(tag.kind, 60),
    value: short(tag.value),
    person: personWords(tag),
    badge: TAG_STATES[tag.status],
    why: short(tag.why),
    scope: short(tag.area ?? '', 100) || 'the whole patch',
    given: moment(Date.parse(tag.date), now),
    href: messagePath(tag.givenIn),
    sender: SENDER_WORDS[tag.sender] || 'sent by the person',
    dkim: short(tag.dkim ?? '', 100) || 'not looked at',
    carriedHref: tag.carriedFrom === null ? '' : patchPath(tag.carriedFrom),
  };
}
