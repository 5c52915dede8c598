import type { TestContext } from 'node:test';
import { type Answer, type Asked, type FakeServer, fakeServer } from '../helpers/fake-ci.ts';

/** One attempt of a job, in the shape of GitLab's "Jobs API". */
export interface FakeJob {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly failure_reason?: string;
  readonly allow_failure?: boolean;
  readonly log: string;
}

export interface FakePipeline {
  readonly id: number;
  readonly sha: string;
  jobs: FakeJob[];
}

export interface FakeGitlab extends FakeServer {
  readonly pipelines: FakePipeline[];
  /** What becomes of a job when it is run again. */
  again: (job: FakeJob) => Partial<FakeJob>;
  /** The token that is good. */
  token: string;
}

/** GitLab's REST API as far as the bot uses it, for the project `ann/sub/ci`. */
export async function fakeGitlab(t: TestContext): Promise<FakeGitlab> {
  const pipelines: FakePipeline[] = [];
  const own: { again: FakeGitlab['again']; token: string } = { again: () => ({ status: 'success' }), token: 'glpat' };
  const answerTo = ({ path, query, headers, method }: Asked): Answer => {
    if (headers['private-token'] !== own.token) return { status: 401, body: { message: '401 Unauthorized' } };
    const place = path.replace('/api/v4/projects/ann%2Fsub%2Fci', '');
    if (place === '') return { body: { id: 3, path_with_namespace: 'ann/sub/ci' } };
    if (place === '/pipelines')
      return { body: pipelines.filter(({ sha }) => sha === query.get('sha')).map(pipelineShape) };
    const [, id, what] = /^\/(?:pipelines|jobs)\/(\d+)(?:\/(\w+))?$/.exec(place) ?? [];
    const pipeline = pipelines.find((one) => one.id === Number(id));
    if (pipeline !== undefined && what === 'jobs') return { body: pipeline.jobs.map(jobShape).reverse() };
    if (pipeline !== undefined && what === undefined) return { body: pipelineShape(pipeline) };
    if (pipeline !== undefined && what === 'cancel' && method === 'POST') {
      pipeline.jobs = pipeline.jobs.map((job) => ({ ...job, status: 'canceled' }));
      return { body: pipelineShape(pipeline) };
    }
    const owner = pipelines.find(({ jobs }) => jobs.some((job) => job.id === Number(id)));
    const job = owner?.jobs.find((one) => one.id === Number(id));
    if (job !== undefined && what === 'trace') return { body: job.log, headers: { 'Content-Type': 'text/plain' } };
    if (job !== undefined && owner !== undefined && what === 'retry' && method === 'POST') {
      const { failure_reason: _, ...rest } = job;
      const again = { ...rest, id: job.id + 1000, ...own.again(job) };
      owner.jobs.push(again);
      return { status: 201, body: jobShape(again) };
    }
    return { status: 404, body: { message: '404 Not Found' } };
  };
  const server = await fakeServer(t, answerTo);
  return Object.assign(own, server, { pipelines });
}

function statusOf({ jobs }: FakePipeline): string {
  const newest = [...new Map([...jobs].sort((a, b) => a.id - b.id).map((job) => [job.name, job.status])).values()];
  if (newest.some((status) => ['created', 'pending', 'running'].includes(status))) return 'running';
  return newest.find((status) => status === 'failed' || status === 'canceled') ?? 'success';
}

function pipelineShape(pipeline: FakePipeline) {
  const { id, sha } = pipeline;
  return {
    id,
    sha,
    status: statusOf(pipeline),
    ref: `patchloom-ci/${sha}`,
    web_url: `https://gitlab.example/ann/sub/ci/-/pipelines/${id}`,
    updated_at: '2026-01-02T00:00:00.000Z',
  };
}

function jobShape(job: FakeJob) {
  return {
    allow_failure: false,
    duration: job.status === 'success' ? 12.5 : 3,
    artifacts_file: { filename: 'artifacts.zip' },
    ...job,
    web_url: `https://gitlab.example/ann/sub/ci/-/jobs/${job.id}`,
  };
}
