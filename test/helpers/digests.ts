import type { Message } from '../../src/mail/message.ts';
import { parseMessage } from '../../src/mail/parse.ts';
import { patchOf } from '../../src/patch/mailed-patch.ts';
import type { Patch, Trailer } from '../../src/patch/patch.ts';
import { parseSubject } from '../../src/patch/subject.ts';
import { remarksOf } from '../../src/review/remarks.ts';
import type { Remark, SeriesTags } from '../../src/review/tag.ts';
import { deriveTags } from '../../src/review/tags.ts';
import { linkKeys } from '../../src/series/component.ts';
import { deriveSeries } from '../../src/series/derive.ts';
import { type Entry, entryOf } from '../../src/series/entry.ts';
import type { Disposition, ProjectRules, Series } from '../../src/series/series.ts';

/** What the pure stages make of one mail before its thread is looked at. */
export interface Digested {
  readonly message: Message;
  readonly patch: Patch | null;
  readonly entry: Entry;
  readonly remarks: readonly Remark[];
  readonly trailers: readonly Trailer[];
}

export async function digestOf(raw: Uint8Array): Promise<Digested> {
  const message = await parseMessage(raw);
  const parsed = parseSubject(message.subject);
  const patch = patchOf(message, parsed);
  const entry = entryOf(message, parsed, patch);
  return {
    message,
    patch,
    entry,
    remarks: remarksOf(message, parsed.reply ? null : patch),
    trailers: patch?.trailers ?? [],
  };
}

export interface Derived {
  readonly series: readonly Series[];
  readonly dispositions: readonly Disposition[];
  readonly tags: ReadonlyMap<string, SeriesTags>;
}

/** One project that takes everything. */
export const ANY_PROJECT: readonly ProjectRules[] = [{ name: 'demo', lists: [], prefixes: [], fallback: true }];

/** Series, dispositions and tags of mails that are one component. */
export function deriveAll(mails: readonly Digested[], rules: readonly ProjectRules[] = ANY_PROJECT): Derived {
  const entries = mails.map((mail) => mail.entry);
  const { series, dispositions } = deriveSeries(entries, rules);
  const tags = deriveTags({
    series,
    dispositions,
    entries,
    remarks: new Map(mails.map((mail) => [mail.entry.msgid, mail.remarks])),
    trailers: new Map(mails.map((mail) => [mail.entry.msgid, mail.trailers])),
    dkim: new Map(),
    rules,
  });
  return { series, dispositions, tags };
}

/** Sorts mails into components by their link keys. */
export function componentsOf(mails: readonly Digested[]): Digested[][] {
  const home = new Map<string, Set<Digested>>();
  for (const mail of mails) {
    const own = new Set([mail]);
    const keys = linkKeys(mail.entry);
    for (const other of new Set(keys.flatMap((key) => home.get(key) ?? []))) {
      for (const member of other) own.add(member);
    }
    for (const key of new Set([...own].flatMap((member) => linkKeys(member.entry)))) home.set(key, own);
  }
  return Array.from(new Set(home.values()), (component) => Array.from(component));
}
