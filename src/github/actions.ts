import { excerptOf } from '../ci/excerpt.ts';
import { fetchLog } from '../ci/fetch-log.ts';
import { findingsOf } from '../ci/findings.ts';
import type { RemoteCi, RemoteJob, RemoteWork, Starts } from '../ci/remote.ts';
import type { Clock } from '../util/clock.ts';
import type { GithubClient } from './client.ts';

export interface ActionsOptions {
  readonly client: GithubClient;
  /** File name of a workflow that is dispatched; null: the push starts what it starts. */
  readonly workflow: string | null;
  /** Pushes the commit to its own branch, whose short name it gives. */
  readonly push: (commit: string) => Promise<string>;
  readonly starts: Starts;
  readonly clock: Clock;
}

/** A dispatch of which nothing was seen so long is taken for lost. */
const ASK_AGAIN_MS = 86_400_000;
const LOG_BYTES = 1 << 20;
/** Runner's own prefix of each line. */
const STAMP = /^\d{4}-\d\d-\d\dT[\d:.]+Z /gm;

/** Build-tests by GitHub Actions, in the repository of `client`. */
export function githubActions({ client, workflow, push, starts, clock }: ActionsOptions): RemoteCi {
  const { owner, repo } = client;
  const where = { owner, repo };
  const runsOf = (commit: string) =>
    client.call('asking for runs', async (octokit) => {
      const { data } = await octokit.actions.listWorkflowRunsForRepo({ ...where, head_sha: commit, per_page: 100 });
      return data.workflow_runs.filter((run) => run.head_sha === commit);
    });
  return {
    name: `github ${client.api} ${owner}/${repo}`,
    start: async ({ commit }) => {
      const ref = await push(commit);
      if (workflow === null) return;
      // The run shows a moment later, and until then must not be started again.
      const last = await starts.last(commit);
      if (last !== null && clock.now() - last < ASK_AGAIN_MS) return;
      await client.call('starting a run', (octokit) =>
        octokit.actions.createWorkflowDispatch({ ...where, workflow_id: workflow, ref }),
      );
      await starts.note(commit);
    },
    runOf: async ({ commit, jobs: wanted }) => {
      const runs = await runsOf(commit);
      if (runs.length === 0) return null;
      const found: RemoteJob[] = [];
      for (const run of runs) {
        const jobs = await client.call('asking for jobs', (octokit) =>
          octokit.paginate(octokit.actions.listJobsForWorkflowRun, {
            ...where,
            run_id: run.id,
            filter: 'all',
            per_page: 100,
          }),
        );
        const own = jobs.filter(
          (job) => job.conclusion !== 'skipped' && (wanted.length === 0 || wanted.includes(job.name)),
        );
        const artifacts = run.status === 'completed' && own.length > 0 ? await artifactsOf(client, run) : [];
        found.push(...own.map((job) => jobOf(job, artifacts)));
      }
      return { jobs: found, ended: runs.every((run) => run.status === 'completed') };
    },
    again: async (_, job) => {
      await client.call('running a job again', (octokit) =>
        octokit.actions.reRunJobForWorkflowRun({ ...where, job_id: job.id }),
      );
    },
    logOf: async (_, job) => {
      const headers = { Authorization: `Bearer ${await client.token()}` };
      const url = `${client.api}/repos/${owner}/${repo}/actions/jobs/${job.id}/logs`;
      // GitHub forgets logs after a while, and a failure without its log is one all the same.
      const text = await fetchLog(url, headers, LOG_BYTES).catch(() => '');
      const plain = text.replace(STAMP, '').replace(/^##\[error\]/gm, 'error: ');
      const directory = `/home/runner/work/${repo}/${repo}`;
      return { excerpt: excerptOf(plain, directory), findings: findingsOf(plain, directory) };
    },
    cancel: async ({ commit }: RemoteWork) => {
      for (const run of await runsOf(commit)) {
        if (run.status === 'completed') continue;
        await client.call('cancelling a run', (octokit) =>
          octokit.actions.cancelWorkflowRun({ ...where, run_id: run.id }),
        );
      }
    },
  };
}

interface Run {
  readonly id: number;
  readonly html_url: string;
}

async function artifactsOf(client: GithubClient, run: Run): Promise<readonly string[]> {
  const { owner, repo } = client;
  const { data } = await client.call('asking for artifacts', (octokit) =>
    octokit.actions.listWorkflowRunArtifacts({ owner, repo, run_id: run.id, per_page: 20 }),
  );
  return data.artifacts.map((artifact) => `${run.html_url}/artifacts/${artifact.id}`);
}

interface Job {
  readonly id: number;
  readonly name: string;
  readonly run_attempt?: number | undefined;
  readonly status: string;
  readonly conclusion: string | null;
  readonly html_url: string | null;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly steps?: readonly { readonly conclusion: string | null }[] | undefined;
}

function jobOf(job: Job, artifacts: readonly string[]): RemoteJob {
  const seconds =
    job.started_at === null || job.completed_at === null
      ? 0
      : (Date.parse(job.completed_at) - Date.parse(job.started_at)) / 1000;
  return {
    id: job.id,
    name: job.name,
    attempt: job.run_attempt ?? 1,
    state: job.status === 'completed' ? stateOf(job) : 'pending',
    url: job.html_url ?? '',
    seconds: Math.max(0, seconds) || 0,
    artifacts,
  };
}

/** A job that failed without a step that failed was lost by its machine. */
function stateOf({ conclusion, steps }: Job): RemoteJob['state'] {
  if (conclusion === 'success') return 'success';
  if (conclusion === 'neutral' || conclusion === 'action_required') return 'warning';
  if (conclusion === 'timed_out') return 'fail';
  if (conclusion === 'failure')
    return steps === undefined || steps.some((step) => step.conclusion === 'failure') ? 'fail' : 'lost';
  return 'lost';
}
