import type { ProjectConfig } from '../config/config.ts';
import type { Address } from '../src/mail/message.ts';
import type { MirrorResult } from '../src/mirror/mirror.ts';
import { whyNotOn } from '../src/report/applies.ts';
import { parsePerson } from '../src/review/maintainers-person.ts';
import { NO_CIRCUMSTANCES, readinessOf } from '../src/review/readiness.ts';
import type { Readiness, SeriesTags } from '../src/review/tag.ts';
import type { Series } from '../src/series/series.ts';
import { branchOf } from '../src/store/branches.ts';
import { checksOf } from '../src/store/checks.ts';
import { type Digest, digestOf } from '../src/store/messages.ts';
import { mirrorOf } from '../src/store/mirrors.ts';
import { saveReadiness } from '../src/store/readiness.ts';
import type { Db, Tx } from '../src/store/schema.ts';
import { listSeries, type SeriesKey, seriesByKey, type StoredSeries } from '../src/store/series.ts';
import { type StoredTreeState, treeStateOf } from '../src/store/tree-states.ts';
import type { Context } from './context.ts';
import { type PeopleFiles, type TreePeople, treePeople } from './tree-people.ts';

/** What a judge needs of the context. */
export type Court = Pick<Context, 'config' | 'clock'>;

/** Applies the policy of its project to a series, with all that the store knows of its surroundings. */
export interface Judge {
  judge(series: Series, tags: SeriesTags, known?: Known): Promise<Readiness>;
}

/** What the caller has at hand of a series, so that the store need not be asked. */
export interface Known {
  /** Trailers of each of its patches. */
  readonly trailers: ReadonlyMap<string, Digest['trailers']>;
  /** What came of applying it; null where it was not tried. */
  readonly mirror: MirrorResult | null;
}

/** The branch that a series is for. */
export function branchFor(project: ProjectConfig, target: string | null): string | null {
  if (project.git === null) return null;
  const { branch, targetBranch } = project.git;
  return target === null || targetBranch === null ? branch : targetBranch.replaceAll('{target}', () => target);
}

/** Who is who on the branch that a series is for, else on the default branch; null where neither has been read. */
export async function treeFor(db: Db, project: ProjectConfig, target: string | null): Promise<TreePeople | null> {
  for (const name of new Set([branchFor(project, target), project.git?.branch ?? null])) {
    const stored = name === null ? null : await branchOf(db, project.name, name);
    if (stored !== null) return treePeople(JSON.parse(stored.people) as PeopleFiles);
  }
  return null;
}

/** One judge serves one transaction or one command: what it reads of the trees it remembers. */
export function openJudge(db: Db, court: Court): Judge {
  const trees = new Map<string, TreePeople | null>();
  const treeOf = async (project: ProjectConfig, target: string | null): Promise<TreePeople | null> => {
    const key = `${project.name}\n${target ?? ''}`;
    if (!trees.has(key)) trees.set(key, await treeFor(db, project, target));
    return trees.get(key) ?? null;
  };
  const states = new Map<string, StoredTreeState | null>();
  const stateOf = async (project: ProjectConfig, branch: string): Promise<StoredTreeState | null> => {
    const key = `${project.name}\n${branch}`;
    if (!states.has(key)) states.set(key, await treeStateOf(db, project.name, branch));
    return states.get(key) ?? null;
  };
  return {
    judge: async (series, tags, known) => {
      const project = court.config.projects.find(({ name }) => name === series.project);
      if (project === undefined) return readinessOf(series, tags);
      const tree = await treeOf(project, series.target);
      const said = await stateOf(project, branchFor(project, series.target) ?? '');
      // What has not arrived as a whole was not applied.
      const mirror = series.complete ? await mirrorFor(db, series, known) : null;
      const checks = project.policy.checks.length === 0 ? [] : await checksOf(db, project.name, series.key);
      return readinessOf(series, tags, await signersOf(db, series, known?.trailers), {
        policy: project.policy,
        maintainers: tree?.maintainers ?? null,
        mailmap: tree?.mailmap ?? NO_CIRCUMSTANCES.mailmap,
        tree: said ?? { state: project.policy.tree, since: 0 },
        conflict: whyNotOn(mirror),
        checks: checks.map(({ context, state }) => ({ context, state, at: series.posted })),
        now: court.clock.now(),
      });
    },
  };
}

async function mirrorFor(db: Db, { project, key }: Series, known: Known | undefined): Promise<MirrorResult | null> {
  return known === undefined ? ((await mirrorOf(db, project, key))?.result ?? null) : known.mirror;
}

async function signersOf(
  db: Db,
  series: Series,
  known?: ReadonlyMap<string, Digest['trailers']>,
): Promise<ReadonlyMap<string, readonly Address[]>> {
  const signers = new Map<string, readonly Address[]>();
  for (const { msgid } of series.patches) {
    const trailers = known?.get(msgid) ?? (await digestOf(db, msgid))?.trailers ?? [];
    const signed = trailers.filter(({ kind }) => kind.toLowerCase() === 'signed-off-by');
    signers.set(
      msgid,
      signed.flatMap(({ value }) => parsePerson(value) ?? []),
    );
  }
  return signers;
}

/** Judges a series again, after something about it has changed that is not mail: its mirror, its checks. */
export async function judgeAgain(tx: Tx, court: Court, of: SeriesKey): Promise<void> {
  const stored = await seriesByKey(tx, of.project, of.key);
  if (stored === null) return;
  await saveReadiness(tx, of, await openJudge(tx, court).judge(stored.series, stored.tags));
}

/**
 * Judges the open series of a project again: its tree has moved, or time has passed.
 * @param since only those posted at or after this time, epoch ms
 * @returns how many changed
 */
export async function judgeOpen(tx: Tx, court: Court, project: string, since = 0): Promise<number> {
  const judge = openJudge(tx, court);
  let changed = 0;
  for await (const { series, tags, readiness } of openSeries(tx, project, since)) {
    const now = await judge.judge(series, tags);
    if (JSON.stringify(now) === JSON.stringify(readiness)) continue;
    await saveReadiness(tx, series, now);
    changed += 1;
  }
  return changed;
}

const PAGE = 100;

/**
 * Series that could go in: complete, and no later version replaces them; newest first, a page at a time, because a project may have thousands.
 * @param since posted at or after, epoch ms
 */
export async function* openSeries(db: Db, project: string, since: number): AsyncGenerator<StoredSeries> {
  for (let before: Series | undefined; ; ) {
    const more = before === undefined ? {} : { before };
    const page = await listSeries(db, { project, state: 'complete', limit: PAGE, ...more });
    for (const stored of page) {
      if (stored.series.posted < since) return;
      yield stored;
    }
    before = page.at(-1)?.series;
    if (before === undefined || page.length < PAGE) return;
  }
}
