import type { FoundSeries } from '../store/search.ts';
import { changePath } from './links.ts';
import { versionId } from './series-table.ts';
import { escapeHtml } from './visible.ts';
import { moment, personWords, READINESS_WORDS, short, versionWords } from './words.ts';

/** What a feed says of itself. */
export interface FeedHead {
  readonly title: string;
  /** How readers reach this server, without a slash at the end. */
  readonly url: string;
  /** Path and query of the page that shows the same, and of the feed. */
  readonly page: string;
  readonly own: string;
  /** Epoch ms, where there is no entry. */
  readonly now: number;
}

/** An Atom feed (RFC 4287) of series, newest version of each change. An entry is the same as long as version and thread are. */
export function atomFeed(head: FeedHead, found: readonly FoundSeries[]): string {
  const updated = Math.max(...found.map(({ active }) => active), found.length === 0 ? head.now : 0);
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `<title>${escapeHtml(head.title)}</title>`,
    `<id>${escapeHtml(head.url + head.own)}</id>`,
    `<link rel="self" href="${escapeHtml(head.url + head.own)}"/>`,
    `<link rel="alternate" type="text/html" href="${escapeHtml(head.url + head.page)}"/>`,
    `<updated>${moment(updated, head.now).iso}</updated>`,
    ...found.map((one) => entry(one, head)),
    '</feed>',
    '',
  ].join('\n');
}

function entry({ series, readiness, active }: FoundSeries, { url, now }: FeedHead): string {
  const place = `${url}${changePath(series.change, series.project, versionId(series))}`;
  const missing = readiness.missing.slice(0, 20).map((text) => short(text));
  const words = series.complete ? [READINESS_WORDS[readiness.state], ...missing] : ['Patches are missing.'];
  return [
    '<entry>',
    `<title>${escapeHtml(`${versionWords(series)}: ${short(series.subject)}`)}</title>`,
    `<id>${escapeHtml(place)}</id>`,
    `<link href="${escapeHtml(place)}"/>`,
    `<author><name>${escapeHtml(personWords(series.author))}</name></author>`,
    `<published>${moment(series.posted, now).iso}</published>`,
    `<updated>${moment(active, now).iso}</updated>`,
    `<content type="text">${escapeHtml(words.join('\n'))}</content>`,
    '</entry>',
  ].join('');
}
