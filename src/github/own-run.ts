import { Octokit } from '@octokit/rest';
import type { OwnPipeline } from '../ci/gate.ts';
import type { PipelineLink } from '../ci/pipeline-link.ts';

const nothing = (): void => {};

/** What GitHub says of a run that an author links, asked without an account, so that only public ones are seen; null for others. */
export async function githubRunAt(api: string, link: PipelineLink, now: number): Promise<OwnPipeline | null> {
  if (link.kind !== 'github' || link.origin !== originOf(api)) return null;
  const [owner = '', repo = ''] = link.project.split('/');
  const octokit = new Octokit({ baseUrl: api, log: { debug: nothing, info: nothing, warn: nothing, error: nothing } });
  const found = await octokit.actions.getWorkflowRun({ owner, repo, run_id: link.id }).catch(() => null);
  if (found === null) return null;
  const { conclusion, updated_at: ended } = found.data;
  return { url: link.url, passed: conclusion === 'success', age: Math.max(0, (now - Date.parse(ended)) / 1000) };
}

/** The pages that belong to an API: `https://github.com`, or the host of an Enterprise server. */
function originOf(api: string): string {
  return api === 'https://api.github.com' ? 'https://github.com' : new URL(api).origin;
}
