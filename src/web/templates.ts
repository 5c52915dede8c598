import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import type { TemplateFunction } from 'eta';
import { PatchloomError } from '../util/errors.ts';
import type { ChangeModel } from './change-page.ts';
import type { MessageModel } from './message-page.ts';
import type { ModerationModel } from './moderation-page.ts';
import type { OutboxModel } from './outbox-page.ts';
import type { RunModel } from './run-page.ts';
import { SAMPLES } from './samples.ts';
import type { SeriesModel } from './series-page.ts';
import type { SeriesTable } from './series-table.ts';
import type { StatusModel } from './status-page.ts';
import { strict } from './strict.ts';
import { Html, escapeHtml } from './visible.ts';

/** The frame around every page. */
export interface LayoutModel {
  readonly title: string;
  readonly body: Html;
  readonly bot: string;
  readonly version: string;
  readonly css: string;
  /** Which entry of the menu the page belongs to. */
  readonly section: 'status' | 'series' | 'outbox' | 'none';
}

export interface ErrorModel {
  readonly title: string;
  readonly explanation: string;
}

/** Each template's file name (without `.eta`) and what it is given as `it`. */
export interface Models {
  readonly layout: LayoutModel;
  readonly status: StatusModel;
  readonly series: SeriesModel;
  readonly 'series-table': SeriesTable;
  readonly change: ChangeModel;
  readonly message: MessageModel;
  readonly outbox: OutboxModel;
  readonly run: RunModel;
  readonly moderation: ModerationModel;
  readonly error: ErrorModel;
}

/** The checked templates and the style sheet. */
export interface Templates {
  render<N extends keyof Models>(name: N, model: Models[N]): Html;
  readonly css: { readonly path: string; readonly text: string };
}

/**
 * Reads and tries every template, once at the start.
 * @throws PatchloomError TEMPLATE_INVALID: a file is missing or does not compile, a variable is unknown, or output is not escaped
 */
export function loadTemplates(directory: string): Templates {
  const eta = new Eta({ autoEscape: true, escapeFunction: escapeHtml, cache: false });
  const names = Object.keys(SAMPLES).filter((name): name is keyof Models => Object.hasOwn(SAMPLES, name));
  const compiled = new Map(names.map((name) => [name, load(eta, directory, name)]));
  const text = read(join(directory, 'style.css'));
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return {
    render(name, model) {
      const template = compiled.get(name);
      if (template === undefined) throw new PatchloomError('INTERNAL', `there is no template ${name}`);
      return new Html(template.call(eta, model, {}));
    },
    css: { path: `/static/style-${hash}.css`, text },
  };
}

function load(eta: Eta, directory: string, name: keyof Models): TemplateFunction {
  const file = join(directory, `${name}.eta`);
  const source = read(file);
  try {
    if (source.includes('<%~')) throw new Error('<%~ puts text into the page without escaping: use <%=');
    const template = eta.compile(source);
    for (const sample of SAMPLES[name]) template.call(eta, strict(sample, 'it'), {});
    return template;
  } catch (error) {
    const words = (error instanceof Error ? error.message : String(error)).split('\n').filter((line) => line !== '');
    throw new PatchloomError('TEMPLATE_INVALID', `${file}: ${words.slice(0, 2).join(': ')}`, { cause: error });
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new PatchloomError('TEMPLATE_INVALID', `${file}: cannot be read: ${words}`, { cause: error });
  }
}
