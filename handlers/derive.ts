import { deriveTags } from '../src/review/tags.ts';
import type { SeriesTags } from '../src/review/tag.ts';
import { deriveSeries } from '../src/series/derive.ts';
import { type Disposition, type ProjectRules, type Series, seriesId } from '../src/series/series.ts';
import { type Derived, replaceDerived, type SeriesNews, tagTexts } from '../src/store/derived.ts';
import { digestsOfComponents, type KnownMail } from '../src/store/messages.ts';
import { mirrorsOfSeries } from '../src/store/mirrors.ts';
import { tagsText } from '../src/store/documents.ts';
import type { SeriesKey, SeriesRow } from '../src/store/series.ts';
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

/** Derives components again, judges their series, and puts the result in the place of the old one. */
export async function deriveComponents(
  tx: Tx,
  components: readonly number[],
  rules: readonly ProjectRules[],
  judge: Judge,
): Promise<DerivedNews> {
  const found = [...(await digestsOfComponents(tx, components))].map(([component, mails]) => {
    const trailers = new Map(mails.map(({ msgid, digest }) => [msgid, digest.trailers]));
    return { component, mails, trailers, ...deriveMails(mails, rules) };
  });
  const mirrors = await mirrorsOfSeries(
    tx,
    found.flatMap(({ rows }) => rows.map(({ series }) => series)),
  );
  const derived: Derived[] = [];
  for (const { component, trailers, rows, dispositions } of found) {
    const judged: SeriesRow[] = [];
    for (const { series, tags } of rows) {
      const known = { trailers, mirror: mirrors.get(seriesId(series))?.result ?? null };
      judged.push({ series, tags, readiness: await judge.judge(series, tags, known) });
    }
    derived.push({ component, rows: judged, dispositions });
  }
  const before = await tagTexts(tx, components);
  const news = await replaceDerived(tx, derived);
  const tagged = derived
    .flatMap(({ rows }) => rows)
    .flatMap(({ series, tags }) => {
      const old = before.get(seriesId(series));
      return old === undefined || old === tagsText(tags) ? [] : [{ project: series.project, key: series.key }];
    });
  const msgids = found.flatMap(({ mails }) => mails.map(({ msgid }) => msgid));
  const lists = found.map(({ mails, rows, dispositions }) =>
    listedOf(
      mails,
      rows.map(({ series }) => series),
      dispositions,
    ),
  );
  const listed = {
    series: await listSeriesOf(
      tx,
      msgids,
      lists.flatMap((one) => one.series),
    ),
    mails: await listPostings(
      tx,
      msgids,
      lists.flatMap((one) => one.postings),
    ),
  };
  return { ...news, tagged, listed };
}
