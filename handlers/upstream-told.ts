import type { Context } from './context.ts';
import type { Keep } from './stage.ts';
import { watchUpstream } from './tick.ts';

/** A project whose upstream says that it has moved. */
export interface UpstreamKey {
  readonly project: string;
}

/** The job that looks at the upstream of a project now. Many pushes in a row are one job, or two. */
export function upstreamJob(project: string) {
  return { kind: 'upstream', key: project, payload: { project } satisfies UpstreamKey } as const;
}

/** Looks at upstream, as the clock makes it do every ten minutes. */
export async function upstreamTold(context: Context, { project }: UpstreamKey): Promise<Keep> {
  if (context.config.projects.some(({ name, git }) => name === project && git !== null))
    await watchUpstream(context, project);
  return async () => {};
}
