import { deriveTags } from '../src/review/tags.ts';
import type { SeriesTags } from '../src/review/tag.ts';
import { deriveSeries } from '../src/series/derive.ts';
import { type Disposition, type ProjectRules, type Series, seriesId } from '../src/series/series.ts';
import { digestsOfComponent, type KnownMail } from '../src/store/messages.ts';
import { tagsText } from '../src/store/documents.ts';
import { replaceSeries, type SeriesKey, type SeriesNews, type SeriesRow, tagTexts } from '../src/store/series.ts';
import { type ListedNews, listSeriesOf } from '../src/store/listed-series.ts';
import { listPostings, type PostingNews } from '../src/store/postings.ts';
import type { Tx } from '../src/store/schema.ts';
import { listedOf } from './listed.ts';
import type { Judge } from './judge.ts';

/** A series with what reviewers said of it. */
export interface DerivedSeries {
  readonly series: Series;
  readonly tags: SeriesTags;
}

/** Series, tags and dispositions of the mails of one component: a pure function of their set. */
export function deriveMails(
  mails: readonly Pick<KnownMail, 'digest' | 'dkim'>[],
  rules: readonly ProjectRules[],
): { readonly rows: readonly DerivedSeries[]; readonly dispositions: readonly Disposition[] } {
  const entries = mails.map(({ digest }) => digest.entry);
  const { series, dispositions } = deriveSeries(entries, rules);
  const tags = deriveTags({
    series,
    dispositions,
    entries,
    remarks: new Map(mails.map(({ digest }) => [digest.entry.msgid, digest.remarks])),
    trailers: new Map(mails.map(({ digest }) => [digest.entry.msgid, digest.trailers])),
    rules,
    dkim: new Map(mails.map(({ digest, dkim }) => [digest.entry.msgid, dkim])),
  });
  const rows = series.map((one) => ({
    series: one,
    tags: tags.get(seriesId(one)) ?? { cover: [], patches: new Map() },
  }));
  return { rows, dispositions };
}

/** What a derivation brought, which series that were there before have other tags now, and what is new in the lists of the APIs. */
export interface DerivedNews extends SeriesNews {
  readonly tagged: readonly SeriesKey[];
  readonly listed: { readonly series: ListedNews; readonly mails: PostingNews };
}

/** Derives a component again, judges its series, and puts the result in the place of the old one. */
export async function deriveComponent(
  tx: Tx,
  component: number,
  rules: readonly ProjectRules[],
  judge: Judge,
): Promise<DerivedNews> {
  const mails = await digestsOfComponent(tx, component);
  const { rows, dispositions } = deriveMails(mails, rules);
  const trailers = new Map(mails.map(({ msgid, digest }) => [msgid, digest.trailers]));
  const judged: SeriesRow[] = [];
  for (const { series, tags } of rows) {
    judged.push({ series, tags, readiness: await judge.judge(series, tags, trailers) });
  }
  const before = await tagTexts(tx, component);
  const news = await replaceSeries(tx, component, judged, dispositions);
  const tagged = judged.flatMap(({ series, tags }) => {
    const old = before.get(seriesId(series));
    return old === undefined || old === tagsText(tags) ? [] : [{ project: series.project, key: series.key }];
  });
  const msgids = mails.map(({ msgid }) => msgid);
  const { series, postings } = listedOf(
    mails,
    rows.map((row) => row.series),
    dispositions,
  );
  const listed = { series: await listSeriesOf(tx, msgids, series), mails: await listPostings(tx, msgids, postings) };
  return { ...news, tagged, listed };
}
