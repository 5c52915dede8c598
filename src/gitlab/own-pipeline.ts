import type { OwnPipeline } from '../ci/gate.ts';
import type { PipelineLink } from '../ci/pipeline-link.ts';
import type { GitlabClient } from './client.ts';

/** What GitLab says of a pipeline that an author links; null where it is on another server or not to be seen. */
export async function gitlabPipelineAt(
  client: GitlabClient,
  link: PipelineLink,
  now: number,
): Promise<OwnPipeline | null> {
  if (link.kind !== 'gitlab' || link.origin !== client.url) return null;
  const found = await client
    .call('asking for a pipeline', (gitlab) => gitlab.Pipelines.show(link.project, link.id))
    .catch(() => null);
  if (found === null) return null;
  const ended = Date.parse(found.updated_at);
  return { url: link.url, passed: found.status === 'success', age: Math.max(0, (now - ended) / 1000) };
}
