import { verdictOf } from '../src/ci/verdict.ts';
import { isAside, markSummary } from '../src/report/marks.ts';
import { isRefName, type Request } from '../src/report/request.ts';
import { oneLine } from '../src/report/text.ts';
import { checksOf } from '../src/store/checks.ts';
import { withMarks } from '../src/store/facts.ts';
import { enqueue } from '../src/store/jobs.ts';
import { mirrorOf } from '../src/store/mirrors.ts';
import type { Db } from '../src/store/schema.ts';
import type { StoredSeries } from '../src/store/series.ts';
import { type Context, projectOf } from './context.ts';
import type { Letter } from './letter.ts';
import { mirrorJob } from './series-jobs.ts';
import { buildJob, hasBuilds } from './mirror-published.ts';
import { hold, ignore, optOut, optOutProject, resume } from './silence.ts';
import type { Keep } from './stage.ts';

/** What a request leads to: state to keep, and the answer where there is one to give. */
export interface Acted {
  readonly keep: Keep;
  /** Null: done without a word. */
  readonly answer: string | null;
}

const nothing: Keep = async () => {};
const say = (answer: string): Acted => ({ keep: nothing, answer });

/** Does what an allowed request asks for. Only what cannot be done, a question, and an opt-out are answered. */
export async function actOn(context: Context, stored: StoredSeries, request: Request, letter: Letter): Promise<Acted> {
  switch (request.word) {
    case 'test':
    case 'retest':
      return build(context, stored, request);
    case 'base':
      return rebase(context, stored, request.argument);
    case 'hold':
      return hold(context, stored, letter);
    case 'ignore':
      return ignore(context, stored, letter);
    case 'resume':
      return resume(context, stored, request, letter);
    case 'opt-out':
      return request.argument === 'project' ? optOutProject(context, stored, letter) : optOut(context, stored, letter);
    case 'status':
      return say(await statusOf(context, stored));
    case 'ready':
      return say(await readyOf(context, stored));
    case null:
      return say('This is nothing that can be asked for.');
  }
}

async function build(context: Context, { series }: StoredSeries, { word, argument }: Request): Promise<Acted> {
  const of = { project: series.project, key: series.key };
  const project = projectOf(context, series.project);
  const { jobs } = project.build;
  if (!hasBuilds(project)) return say('Not done: no build-test is set up for this project.');
  if (argument !== '' && !jobs.some(({ name }) => name === argument))
    return say(`Not done: there is no build-test of this name; there are ${jobs.map(({ name }) => name).join(', ')}.`);
  const mirror = await mirrorOf(context.store.db, of.project, of.key);
  if (mirror?.result.state !== 'applied')
    return say('Not done: the series has not been applied, so there is nothing to build.');
  const only = argument === '' ? null : argument;
  const job = buildJob({ ...of, asked: true, again: word === 'retest', only });
  return { keep: async (tx) => void (await enqueue(tx, job, context.clock.now())), answer: null };
}

function rebase(context: Context, { series }: StoredSeries, base: string): Acted {
  const { project, key, complete } = series;
  if (!isRefName(base)) return say('Not done: this is no name of a branch or commit.');
  if (!complete) return say('Not done: patches of the series are missing.');
  if (projectOf(context, project).git === null) return say('Not done: series of this project are not applied.');
  const job = mirrorJob({ project, key, base });
  return { keep: async (tx) => void (await enqueue(tx, job, context.clock.now())), answer: null };
}

async function statusOf({ store }: Context, { series, readiness }: StoredSeries): Promise<string> {
  const mirror = (await mirrorOf(store.db, series.project, series.key))?.result ?? null;
  const checks = await checksOf(store.db, series.project, series.key);
  const verdict = checks.length === 0 ? 'not built' : verdictOf(checks, series.patches).state;
  const count = series.patches.length + series.missing.length;
  return [
    `| Series:  ${oneLine(series.subject)} (v${series.version})`,
    `| Arrived: ${series.complete ? `all of ${count}` : `${series.patches.length} of ${count}`}`,
    `| Applies: ${mirror === null ? 'not tried' : mirror.state === 'applied' ? `yes, on ${oneLine(mirror.base?.name ?? '')}` : mirror.state}`,
    `| Builds:  ${verdict === 'infrastructure' ? 'runs' : verdict}`,
    `| Ready:   ${readiness.state}`,
    ...(await asideOf(store.db, { series })).map((line) => `| Set:     ${line}`),
  ].join('\n');
}

/** Who has set what of a series, where people have set it aside; else nothing. */
async function asideOf(db: Db, stored: Pick<StoredSeries, 'series'>): Promise<readonly string[]> {
  const marked = await withMarks(db, [stored]);
  return marked.filter(isAside).flatMap(({ series, marks }) => markSummary(series, marks));
}

async function readyOf({ store }: Context, stored: StoredSeries): Promise<string> {
  const aside = await asideOf(store.db, stored);
  const policy = policyWords(stored);
  if (aside.length === 0) return policy;
  const said = aside.map((line) => `| ${line}`).join('\n');
  return `People have set it aside:\n\n${said}\n\nOtherwise, by the policy:\n\n${policy}`;
}

function policyWords({ readiness }: StoredSeries): string {
  if (readiness.state === 'ready') return 'Everything that is needed to commit it is there.';
  const missing = readiness.missing.map((one) => `| ${oneLine(one)}`);
  return missing.length === 0
    ? 'Nothing can be said about that yet.'
    : `Before it can be committed:\n\n${missing.join('\n')}`;
}
