import type { ProjectConfig } from '../config/config.ts';
import { type GateAnswer, gateOf, type OwnPipeline } from '../src/ci/gate.ts';
import { pipelineLinks, remarksBelow } from '../src/ci/pipeline-link.ts';
import { matchesGlob, planOf } from '../src/ci/plan.ts';
import type { MirrorResult } from '../src/mirror/mirror.ts';
import { COUNTING } from '../src/review/tag.ts';
import { buildRunOf, runsSince, saveGate } from '../src/store/build-runs.ts';
import { enqueue } from '../src/store/jobs.ts';
import { rawOf } from '../src/store/messages.ts';
import { mirrorOf } from '../src/store/mirrors.ts';
import { listSeries, seriesByKey, type SeriesKey, type StoredSeries } from '../src/store/series.ts';
import { runJob } from './build-earned.ts';
import { type Context, projectOf } from './context.ts';
import { readMail } from './read-mail.ts';
import type { Keep } from './stage.ts';

/** What the gate is asked for; `asked` where a person who may has asked for the run. */
export interface BuildRequest extends SeriesKey {
  readonly asked?: boolean;
  /** Also what has a result. */
  readonly again?: boolean;
  /** Name of the only job to run, or null for all. */
  readonly only?: string | null;
}

const DAY = 86_400_000;
/** How often a pipeline of the author that has not passed yet is looked at again, and for how long. */
const LOOK_MS = 600_000;
const LOOK_FOR_MS = 2 * DAY;

/** The job that asks the gate: after a mirror, on a request, when something has changed. */
export function buildJob({ project, key, asked = false, again = false, only = null }: BuildRequest) {
  const name = `${project} ${key}${asked ? ' asked' : ''}`;
  const wanted = asked ? { asked, again, only } : {};
  return { kind: 'build', key: name, payload: { project, key, ...wanted } } as const;
}

/** Whether a project builds anything: jobs of its own, or a CI elsewhere that has them. */
export function hasBuilds({ build }: ProjectConfig): boolean {
  return build.jobs.length > 0 || build.runner.kind !== 'local';
}

/** Asks the gate whether a series has earned a run; where it has, the run is queued. The answer is kept for people who ask why. */
export async function mirrorPublished(context: Context, of: BuildRequest): Promise<Keep> {
  const { project, key, asked = false, again = false, only = null } = of;
  const stored = await seriesByKey(context.store.db, project, key);
  const mirror = await mirrorOf(context.store.db, project, key);
  if (!stored || !mirror) return async () => {};
  const known = await buildRunOf(context.store.db, project, key);
  if (known !== null && known.state !== 'waiting' && !asked) return async () => {};
  const pipelines = await ownPipelines(context, stored);
  const gate = await openGate(context, stored, mirror.result, { asked, pipelines });
  context.log.info({ project, key, run: gate.run, reason: gate.reason }, 'build gate');
  return async (tx) => {
    const now = context.clock.now();
    await saveGate(tx, { project, key, author: stored.series.author.email, asked, ...gate }, now);
    if (gate.run)
      await enqueue(tx, runJob({ project, key, again, only }, stored.readiness.state === 'ready', now), now);
    else if (pipelines.length > 0 && now - stored.series.posted < LOOK_FOR_MS)
      await enqueue(tx, { ...buildJob(of), runAt: now + LOOK_MS }, now);
  };
}

/** Queues what has earned a run since it was mirrored: by tags that came later, or as a quota has room again. */
export async function reconsiderGates(context: Context): Promise<void> {
  const { db } = context.store;
  const oldest = context.clock.now() - context.config.limits.actWithinDays * DAY;
  for (const project of context.config.projects.filter(hasBuilds)) {
    const open = await listSeries(db, { project: project.name, state: 'complete', limit: 1000 });
    for (const stored of open.filter(({ series }) => series.posted >= oldest)) {
      const { key } = stored.series;
      if ((await buildRunOf(db, project.name, key))?.state !== 'waiting') continue;
      const mirror = await mirrorOf(db, project.name, key);
      if (!(await openGate(context, stored, mirror?.result ?? null)).run) continue;
      await context.store.transaction((tx) =>
        enqueue(tx, buildJob({ project: project.name, key }), context.clock.now()),
      );
    }
  }
}

/** Whether a series is built, and why; the same answer that `show` gives. */
export async function openGate(
  context: Context,
  { series, tags }: StoredSeries,
  mirror: MirrorResult | null,
  more: { readonly asked?: boolean; readonly pipelines?: readonly OwnPipeline[] } = {},
): Promise<GateAnswer> {
  const project = projectOf(context, series.project);
  const { build } = project;
  if (mirror === null && series.complete) return { run: false, reason: 'it has not been mirrored yet' };
  const people = [...tags.patches.values()]
    .flat()
    .filter((tag) => COUNTING.has(tag.status) && tag.status !== 'in-patch');
  const paths = series.patches.flatMap((patch) => patch.paths);
  const jobs = build.jobs.length === 0 && hasBuilds(project) ? 1 : planOf(build.jobs, paths).length;
  const facts = {
    series,
    jobs,
    paths,
    applied: mirror?.state === 'applied',
    asked: more.asked ?? false,
    tags: new Set(people.map((tag) => `${tag.kind} ${tag.email.toLowerCase()}`)).size,
    steering: paths.filter((path) => build.steering.some((glob) => matchesGlob(path, glob))),
    pipelines: more.pipelines ?? [],
    spent: await runsSince(context.store.db, series, series.author.email, context.clock.now() - DAY),
  };
  return gateOf(facts, build.gate, build.quota);
}

/** The author's own pipelines that cover and patches link to, as their CI tells of them; asked only where they can open the gate. */
async function ownPipelines(context: Context, { series }: StoredSeries): Promise<readonly OwnPipeline[]> {
  const { gate } = projectOf(context, series.project).build;
  if (typeof gate === 'string' || gate.pipeline === undefined) return [];
  const found: OwnPipeline[] = [];
  for (const msgid of new Set([series.msgid, ...series.patches.slice(0, 4).map((patch) => patch.msgid)])) {
    const raw = await rawOf(context.store.db, msgid);
    if (raw === null) continue;
    const { text } = (await readMail(raw)).message;
    for (const link of pipelineLinks(remarksBelow(text, msgid === series.cover))) {
      const pipeline = await context.pipelineAt(link);
      if (pipeline !== null) found.push(pipeline);
    }
  }
  return found;
}
