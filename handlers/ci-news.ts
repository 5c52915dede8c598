import type { RunnerConfig } from '../config/config.ts';
import { runningWith } from '../src/store/build-runs.ts';
import { enqueue } from '../src/store/jobs.ts';
import { runJob } from './build-earned.ts';
import type { Context } from './context.ts';

/** A CI says that something has happened to a commit. */
export interface CiNews {
  readonly kind: Exclude<RunnerConfig['kind'], 'local'>;
  /** `owner/name` or `group/project`. */
  readonly repository: string;
  readonly commit: string;
}

/**
 * Looks at once after the runs that the news are about. Nothing of the news themselves is believed: what counts is what the CI answers when it is
 * asked. So news may be forged, lost, late, twice or out of order, and the end is the same.
 */
export async function ciNews(context: Context, { kind, repository, commit }: CiNews): Promise<void> {
  const { store, clock } = context;
  for (const { name, build } of context.config.projects) {
    if (build.runner.kind !== kind || repositoryOf(build.runner).toLowerCase() !== repository.toLowerCase()) continue;
    const found = await runningWith(store.db, name, commit);
    if (found.length === 0) continue;
    await store.transaction(async (tx) => {
      for (const of of found) await enqueue(tx, runJob(of, false, clock.now()), clock.now());
    });
  }
}

function repositoryOf(runner: RunnerConfig): string {
  if (runner.kind === 'local') return '';
  return runner.kind === 'github' ? runner.repository : runner.project;
}
