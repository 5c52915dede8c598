import { readinessOf } from '../src/review/readiness.ts';
import { deriveTags } from '../src/review/tags.ts';
import { deriveSeries } from '../src/series/derive.ts';
import { type ProjectRules, seriesId } from '../src/series/series.ts';
import { digestsOfComponent, type Digest } from '../src/store/messages.ts';
import { replaceSeries, type SeriesNews, type SeriesRow } from '../src/store/series.ts';
import type { Tx } from '../src/store/schema.ts';
import type { Disposition } from '../src/series/series.ts';

/** Series, tags and dispositions of the mails of one component: a pure function of their set. */
export function deriveMails(
  mails: readonly Digest[],
  rules: readonly ProjectRules[],
): { readonly rows: readonly SeriesRow[]; readonly dispositions: readonly Disposition[] } {
  const entries = mails.map((mail) => mail.entry);
  const { series, dispositions } = deriveSeries(entries, rules);
  const tags = deriveTags({
    series,
    dispositions,
    entries,
    remarks: new Map(mails.map((mail) => [mail.entry.msgid, mail.remarks])),
    trailers: new Map(mails.map((mail) => [mail.entry.msgid, mail.trailers])),
  });
  const rows = series.map((one) => {
    const own = tags.get(seriesId(one)) ?? { cover: [], patches: new Map() };
    return { series: one, tags: own, readiness: readinessOf(one, own) };
  });
  return { rows, dispositions };
}

/** Derives a component again and puts the result in the place of the old one. */
export async function deriveComponent(tx: Tx, component: number, rules: readonly ProjectRules[]): Promise<SeriesNews> {
  const mails = await digestsOfComponent(tx, component);
  const { rows, dispositions } = deriveMails(
    mails.map((mail) => mail.digest),
    rules,
  );
  return replaceSeries(tx, component, rows, dispositions);
}
