import type { Context } from 'hono';
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
    c.header('ETag', contentTag(text));
    return c.html(text);
  };
}
