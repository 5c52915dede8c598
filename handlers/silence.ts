import { enqueue } from '../src/store/jobs.ts';
import { dropMailAbout, dropMailTo } from '../src/store/outbox-recipients.ts';
import { type StoredSeries, seriesOfChange } from '../src/store/series.ts';
import { dropWishes, keepWish, WHOLE_PROJECT, type Wish } from '../src/store/wishes.ts';
import type { Request } from '../src/report/request.ts';
import type { Acted } from './act-on.ts';
import type { Context } from './context.ts';
import type { Letter } from './letter.ts';
import { reportJob } from './report-job.ts';
import type { Keep } from './stage.ts';

/** Opt-outs are confirmed; what undoes them must not be taken for a request by a bot that reads the confirmation. */
const undone = (line: string): string =>
  `To undo it, answer with the line " @patchloom ${line}" without the blank before it.`;

function wishOf(
  context: Context,
  { series }: StoredSeries,
  letter: Letter,
  wish: Pick<Wish, 'kind' | 'scope' | 'subject'>,
): Wish {
  const by = letter.writer.email;
  return { ...wish, project: series.project, by, msgid: letter.message.msgid, at: context.clock.now() };
}

/** Says nothing about a series until `resume`. */
export function hold(context: Context, stored: StoredSeries, letter: Letter): Acted {
  const wish = wishOf(context, stored, letter, { kind: 'hold', scope: 'series', subject: stored.series.change });
  return { keep: (tx) => keepWish(tx, wish), answer: null };
}

/** The opt-out of a series: of all versions, also those to come. */
export function ignore(context: Context, stored: StoredSeries, letter: Letter): Acted {
  const { project, change } = stored.series;
  const wish = wishOf(context, stored, letter, { kind: 'ignore', scope: 'series', subject: change });
  const keep: Keep = async (tx) => {
    await keepWish(tx, wish);
    const versions = await seriesOfChange(tx, change, project);
    await dropMailAbout(
      tx,
      project,
      versions.map(({ series }) => series.key),
    );
  };
  const answer = `Done: this bot says nothing more about this series and its later versions. ${undone('resume')}`;
  return { keep, answer };
}

/** The opt-out of a person, in one project. */
export function optOut(context: Context, stored: StoredSeries, letter: Letter): Acted {
  const wish = wishOf(context, stored, letter, { kind: 'opt-out', scope: 'person', subject: letter.writer.email });
  const keep: Keep = async (tx) => {
    await keepWish(tx, wish);
    await dropMailTo(tx, stored.series.project, letter.writer.email);
  };
  const answer = `Done: this bot will not write to you again about patches of this project, nor to the list about yours. ${undone('resume')}`;
  return { keep, answer };
}

/** The opt-out of a whole project: nothing is said there until somebody who may has it resumed. */
export function optOutProject(context: Context, stored: StoredSeries, letter: Letter): Acted {
  const wish = wishOf(context, stored, letter, { kind: 'opt-out', scope: 'project', subject: WHOLE_PROJECT });
  const keep: Keep = async (tx) => {
    await keepWish(tx, wish);
    await dropMailAbout(tx, stored.series.project, null);
  };
  const answer = `Done: this bot says nothing more about any series of this project. ${undone('resume project')}`;
  return { keep, answer };
}

/** Undoes what was wished about the series, and an opt-out of the writer; or that of the project. What was not said meanwhile is decided again. */
export function resume(context: Context, stored: StoredSeries, { argument }: Request, letter: Letter): Acted {
  const { project, key, change } = stored.series;
  const subjects = argument === 'project' ? [WHOLE_PROJECT] : [change, letter.writer.email];
  const keep: Keep = async (tx) => {
    for (const subject of subjects) await dropWishes(tx, project, subject);
    await enqueue(tx, reportJob({ project, key }), context.clock.now());
  };
  return { keep, answer: null };
}
