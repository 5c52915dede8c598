import { enqueue } from '../src/store/jobs.ts';
import type { Context } from './context.ts';
import type { Keep } from './stage.ts';
import { watchUpstream } from './tick.ts';

/** The job that looks at a project's upstream now. */
export interface UpstreamKey {
  readonly project: string;
}

/** A webhook says that upstream has moved: whichever process works looks at it. News that come before it does are one. */
export async function upstreamNews({ store, clock }: Context, project: string): Promise<void> {
  const job = { kind: 'upstream', key: project, payload: { project } satisfies UpstreamKey };
  await store.transaction((tx) => enqueue(tx, job, clock.now()));
}

/** Looks at upstream as the schedule does, only now. What it finds it keeps itself. */
export async function upstreamHeard(context: Context, { project }: UpstreamKey): Promise<Keep> {
  await watchUpstream(context, project);
  return async () => {};
}
