import { Eta } from 'eta';
import { PatchloomError } from '../util/errors.ts';
import type { Report } from './report.ts';

const COMMON = ['project', 'series', 'author', 'base', 'fetch', 'branchPage', 'page', 'operator', 'mark'] as const;

/**
 * The mail templates and the placeholders (`it.NAME`) that each may use. Values are single lines, but for `output`, `notes`, `results`, `ready`, `partly` and `waiting`; `results` is
 * the template `result` filled once for each job.
 */
export const PLACEHOLDERS = {
  'build-failed': [...COMMON, 'place', 'patch', 'commit', 'tests', 'results', 'others', 'later', 'notes', 'since'],
  result: ['job', 'result', 'judged', 'output', 'url'],
  conflict: [...COMMON, 'place', 'patch', 'file', 'output', 'hunk', 'expected', 'there', 'line', 'touched', 'fits'],
  stale: [...COMMON, 'place', 'patch', 'file', 'output'],
  held: [...COMMON, 'missing'],
  received: [...COMMON, 'count'],
  success: [...COMMON, 'now', 'jobs', 'notes', 'since'],
  changed: [...COMMON, 'before', 'now', 'patch', 'file', 'output', 'results', 'notes'],
  footer: COMMON,
  answer: [...COMMON, 'request', 'answer'],
  digest: ['project', 'day', 'every', 'ready', 'partly', 'waiting', 'rest', 'aside', 'page', 'operator', 'mark'],
} as const satisfies Record<Report['kind'] | 'result' | 'footer' | 'answer' | 'digest', readonly string[]>;

export type TemplateName = keyof typeof PLACEHOLDERS;

/** The values of the placeholders; an empty one is left out by the template. */
export type TemplateValues = Readonly<Record<string, string>>;

/** Renders one of the templates to plain text. */
export type Templates = Readonly<Record<TemplateName, (values: TemplateValues) => string>>;

/**
 * Reads and checks all mail templates, once at the start.
 * @param read gives the text of a file such as `build-failed.eta` of templates/mail
 * @throws PatchloomError TEMPLATE_INVALID: unreadable, not compiling, or a placeholder that the template does not have
 */
export function loadTemplates(read: (file: string) => string): Templates {
  // Not HTML: nothing is escaped. Newlines stay as written, so that a template looks like its mail.
  const eta = new Eta({ autoEscape: false, autoTrim: false, cache: false });
  const load = (name: TemplateName) => loadTemplate(eta, name, read);
  return {
    'build-failed': load('build-failed'),
    result: load('result'),
    conflict: load('conflict'),
    stale: load('stale'),
    held: load('held'),
    received: load('received'),
    success: load('success'),
    changed: load('changed'),
    footer: load('footer'),
    answer: load('answer'),
    digest: load('digest'),
  };
}

function loadTemplate(
  eta: Eta,
  name: TemplateName,
  read: (file: string) => string,
): (values: TemplateValues) => string {
  const file = `${name}.eta`;
  const known: readonly string[] = PLACEHOLDERS[name];
  try {
    const source = read(file);
    for (const [line, text] of source.split('\n').entries()) checkPlaceholders(`${file}:${line + 1}`, text, known);
    const compiled = eta.compile(source);
    const render = (values: TemplateValues) => compiled.call(eta, values, {});
    // A trial with every branch's values filled, and one with none: what fails here would fail while a mail is due.
    for (const value of ['x', '']) render(Object.fromEntries(known.map((key) => [key, value])));
    return render;
  } catch (error) {
    if (error instanceof PatchloomError) throw error;
    const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
    throw new PatchloomError('TEMPLATE_INVALID', `${file}: ${reason}`, { cause: error });
  }
}

function checkPlaceholders(where: string, text: string, known: readonly string[]): void {
  for (const [, name = ''] of text.matchAll(/\bit\s*\??\.\s*([A-Za-z_$][\w$]*)/g)) {
    if (!known.includes(name)) {
      throw new PatchloomError(
        'TEMPLATE_INVALID',
        `${where}: unknown placeholder it.${name}; known: ${known.join(', ')}`,
      );
    }
  }
}
