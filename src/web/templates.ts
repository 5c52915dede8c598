import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import type { TemplateFunction } from 'eta';
import { PatchloomError } from '../util/errors.ts';
import type { ChangeModel } from './change-page.ts';
import type { ChangesModel } from './changes-page.ts';
import type { CompareModel } from './compare-page.ts';
import type { EvidenceModel } from './evidence-page.ts';
import type { MachineModel } from './machine-page.ts';
import type { MessageModel } from './message-page.ts';
import type { ModerationModel } from './moderation-page.ts';
import type { OutboxModel } from './outbox-page.ts';
import type { RunModel } from './run-page.ts';
import { SAMPLES } from './samples.ts';
import type { OverviewModel } from './overview-page.ts';
import type { PatchModel } from './patch-page.ts';
import type { PlotsModel } from './plots-page.ts';
import type { SeriesTable } from './series-table.ts';
import type { CommentModel, ThreadMail } from './thread-view.ts';
import { strict } from './strict.ts';
import { Html, escapeHtml } from './visible.ts';

/** The frame around every page. */
export interface LayoutModel {
  readonly title: string;
  readonly body: Html;
  readonly bot: string;
  readonly version: string;
  readonly css: string;
  readonly js: string;
  /** Path of the feed of what the page shows, or empty. */
  readonly feed: string;
  /** Which entry of the menu the page belongs to. */
  readonly section: 'overview' | 'series' | 'plots' | 'machine' | 'outbox' | 'none';
}

export interface ErrorModel {
  readonly title: string;
  readonly explanation: string;
}

/** Each template's file name (without `.eta`) and what it is given as `it`. */
export interface Models {
  readonly layout: LayoutModel;
  readonly overview: OverviewModel;
  readonly machine: MachineModel;
  readonly plots: PlotsModel;
  readonly series: ChangesModel;
  readonly patch: PatchModel;
  readonly comments: { readonly comments: readonly CommentModel[] };
  readonly thread: { readonly thread: readonly ThreadMail[] };
  readonly evidence: EvidenceModel;
  readonly compare: CompareModel;
  readonly 'series-table': SeriesTable;
  readonly change: ChangeModel;
  readonly message: MessageModel;
  readonly outbox: OutboxModel;
  readonly run: RunModel;
  readonly moderation: ModerationModel;
  readonly error: ErrorModel;
}

/** A file that never changes under its path: its content is in its name. */
export interface StaticFile {
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

/** The checked templates, the style sheet and the script. */
export interface Templates {
  render<N extends keyof Models>(name: N, model: Models[N]): Html;
  /** Paths of style sheet and script, and the files behind them. */
  readonly css: string;
  readonly js: string;
  readonly files: readonly StaticFile[];
}

/**
 * Reads and tries every template, once at the start.
 * @throws PatchloomError TEMPLATE_INVALID: a file is missing or does not compile, a variable is unknown, or output is not escaped
 */
export function loadTemplates(directory: string): Templates {
  const eta = new Eta({ autoEscape: true, escapeFunction: escapeHtml, cache: false });
  const names = Object.keys(SAMPLES).filter((name): name is keyof Models => Object.hasOwn(SAMPLES, name));
  const compiled = new Map(names.map((name) => [name, load(eta, directory, name)]));
  const css = staticFile(directory, 'style.css', 'text/css');
  const js = staticFile(directory, 'page.js', 'text/javascript');
  return {
    render(name, model) {
      const template = compiled.get(name);
      if (template === undefined) throw new PatchloomError('INTERNAL', `there is no template ${name}`);
      return new Html(template.call(eta, model, {}));
    },
    css: css.path,
    js: js.path,
    files: [css, js],
  };
}

function staticFile(directory: string, name: string, type: string): StaticFile {
  const text = read(join(directory, name));
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { path: `/static/${name.replace('.', `-${hash}.`)}`, type, text };
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
