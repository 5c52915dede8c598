import { gzipSync } from 'node:zlib';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { contentTag } from './content-tag.ts';
import type { WebFacts } from './options.ts';
import type { LayoutModel, Templates } from './templates.ts';
import type { Html } from './visible.ts';

/** Answers with a page in its frame, with the status that was set before; `feed` is the path of the feed beside it. */
export type Frame = (
  c: Context,
  title: string,
  section: LayoutModel['section'],
  body: Html,
  feed?: string,
) => Response | Promise<Response>;

/** The frame of this bot: name, version, style sheet and script. */
export function framer({ bot, version }: Pick<WebFacts, 'bot' | 'version'>, templates: Templates): Frame {
  const { css, js } = templates;
  return (c, title, section, body, feed = '') => {
    const { text } = templates.render('layout', { title, section, body, bot, version, css, js, feed });
    return htmlAnswer(c, text);
  };
}

/**
 * A page under the name of its content. It is packed at once and at the lowest level, which takes less time than to hand ten times as much to
 * the socket; the other form of the same page has a weak name (RFC 9110 §8.8.1), as hono's `compress` has it.
 */
function htmlAnswer(c: Context, text: string): Response | Promise<Response> {
  const tag = contentTag(text);
  c.header('Vary', 'Accept-Encoding');
  if (accepts(c, { header: 'Accept-Encoding', supports: ['gzip'], default: 'identity' }) === 'identity')
    return c.html(text, undefined, { ETag: tag });
  const headers = { ETag: `W/${tag}`, 'Content-Encoding': 'gzip', 'Content-Type': 'text/html; charset=UTF-8' };
  return c.body(gzipSync(text, { level: 1 }), undefined, headers);
}
