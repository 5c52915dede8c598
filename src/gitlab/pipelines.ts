import { excerptOf } from '../ci/excerpt.ts';
import { fetchLog } from '../ci/fetch-log.ts';
import { findingsOf } from '../ci/findings.ts';
import type { RemoteCi, RemoteJob, RemoteWork } from '../ci/remote.ts';
import type { GitlabClient } from './client.ts';
import { variablesFor } from './variables.ts';

export interface PipelineOptions {
  readonly client: GitlabClient;
  /** `group/project`. */
  readonly project: string;
  /** See `variablesFor`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Pushes the commit with push options. */
  readonly push: (commit: string, options: readonly string[]) => Promise<void>;
}

const LOG_BYTES = 1 << 20;

/** Why a job failed where it is not its own fault: GitLab's `failure_reason`s of runners and servers. */
const MACHINE = new Set([
  'runner_system_failure',
  'scheduler_failure',
  'stuck_or_timeout_failure',
  'api_failure',
  'data_integrity_failure',
  'runner_unsupported',
  'stale_schedule',
  'unmet_prerequisites',
  'unknown_failure',
  'ci_quota_exceeded',
  'no_matching_runner',
]);

/** Build-tests by a GitLab pipeline, which the push itself starts, with variables from the plan. */
export function gitlabPipelines({ client, project, variables, push }: PipelineOptions): RemoteCi {
  const newest = async (commit: string): Promise<{ id: number; web_url: string; status: string } | null> => {
    const all = await client.call('asking for pipelines', (gitlab) =>
      gitlab.Pipelines.all(project, { sha: commit, perPage: 20, maxPages: 1 }),
    );
    return all.filter((one) => one.sha === commit).sort((a, b) => b.id - a.id)[0] ?? null;
  };
  return {
    name: `gitlab ${client.url} ${project}`,
    start: (work) => push(work.commit, pushOptions(variablesFor(variables, work))),
    runOf: async ({ commit, jobs: wanted }) => {
      const pipeline = await newest(commit);
      if (pipeline === null) return null;
      const jobs = await client.call('asking for jobs', (gitlab) =>
        gitlab.Jobs.all(project, { pipelineId: pipeline.id, includeRetried: true, perPage: 100, maxPages: 20 }),
      );
      const own = (jobs as readonly unknown[] as readonly Job[]).filter(
        (job) => !['manual', 'skipped'].includes(job.status) && (wanted.length === 0 || wanted.includes(job.name)),
      );
      const found = withAttempts(own).map(({ job, attempt }) => jobOf(job, attempt));
      return { jobs: found, ended: ENDED.has(pipeline.status) };
    },
    again: async (_, job) => {
      await client.call('running a job again', (gitlab) => gitlab.Jobs.retry(project, job.id));
    },
    logOf: async (_, job) => {
      const url = `${client.url}/api/v4/projects/${encodeURIComponent(project)}/jobs/${job.id}/trace`;
      // A failure whose log is gone is one all the same.
      const text = await fetchLog(url, { 'PRIVATE-TOKEN': client.token }, LOG_BYTES).catch(() => '');
      const directory = `/builds/${project}`;
      return { excerpt: excerptOf(text, directory), findings: findingsOf(text, directory) };
    },
    cancel: async ({ commit }: RemoteWork) => {
      const pipeline = await newest(commit);
      if (pipeline === null || ENDED.has(pipeline.status)) return;
      await client.call('cancelling a pipeline', (gitlab) => gitlab.Pipelines.cancel(project, pipeline.id));
    },
  };
}

/** Also where only jobs are left that a person must start. */
const ENDED = new Set(['success', 'failed', 'canceled', 'skipped', 'manual']);

/** `ci.variable="NAME=value"` as GitLab reads it ("Push options for GitLab CI/CD"). */
function pushOptions(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(([name, value]) => `ci.variable=${name}=${value}`);
}

interface Job {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly web_url: string;
  readonly duration?: number | null;
  readonly allow_failure?: boolean;
  readonly failure_reason?: string;
  readonly artifacts_file?: { readonly filename?: string } | null;
}

/** GitLab makes a new job of each attempt, with a higher id. */
function withAttempts(jobs: readonly Job[]): { job: Job; attempt: number }[] {
  const counts = new Map<string, number>();
  return [...jobs]
    .sort((a, b) => a.id - b.id)
    .map((job) => {
      const attempt = (counts.get(job.name) ?? 0) + 1;
      counts.set(job.name, attempt);
      return { job, attempt };
    });
}

function jobOf(job: Job, attempt: number): RemoteJob {
  const kept = job.artifacts_file?.filename !== undefined;
  return {
    id: job.id,
    name: job.name,
    attempt,
    state: stateOf(job),
    url: job.web_url,
    seconds: job.duration ?? 0,
    artifacts: kept ? [`${job.web_url}/artifacts/browse`] : [],
  };
}

function stateOf({ status, failure_reason: reason, allow_failure: allowed }: Job): RemoteJob['state'] {
  if (status === 'success') return 'success';
  if (status === 'canceled') return 'lost';
  if (status !== 'failed') return 'pending';
  if (reason !== undefined && MACHINE.has(reason)) return 'lost';
  return allowed === true ? 'warning' : 'fail';
}
