import { createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto';
import type { TestContext } from 'node:test';
import { type Answer, type Asked, type FakeServer, fakeServer } from '../helpers/fake-ci.ts';

/** One attempt of a job, in the shape of GitHub's "Workflow jobs". */
export interface FakeJob {
  readonly id: number;
  readonly name: string;
  readonly run_attempt: number;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: string | null;
  readonly log: string;
  /** Conclusion of its only step. */
  readonly step: string;
}

export interface FakeRun {
  readonly id: number;
  readonly head_sha: string;
  jobs: FakeJob[];
}

export interface FakeGithub extends FakeServer {
  readonly api: string;
  readonly privateKey: string;
  readonly runs: FakeRun[];
  readonly checkRuns: object[];
  /** What becomes of a job when it is run again. */
  again: (job: FakeJob) => Partial<FakeJob>;
  /** Makes every token that was given out worthless. */
  expireTokens(): void;
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** GitHub's REST API as far as the bot uses it, for the repository `ann/ci`; it checks who asks, and for what. */
export async function fakeGithub(t: TestContext): Promise<FakeGithub> {
  const runs: FakeRun[] = [];
  const checkRuns: object[] = [];
  const tokens = new Set<string>();
  const own: { again: FakeGithub['again'] } = { again: () => ({ conclusion: 'success', step: 'success' }) };
  const answerTo = (asked: Asked): Answer => {
    const path = asked.path.replace(/^\/api\/v3/, '');
    const authorization = asked.headers.authorization ?? '';
    if (path === '/repos/ann/ci/installation') return isApp(authorization) ? { body: { id: 7 } } : UNAUTHORIZED;
    if (path === '/app/installations/7/access_tokens') {
      if (!isApp(authorization)) return UNAUTHORIZED;
      const token = `ghs_${tokens.size + 1}${Math.random()}`;
      tokens.add(token);
      return { status: 201, body: { token, expires_at: new Date(Date.now() + 3_600_000).toISOString() } };
    }
    if (!tokens.has(authorization.replace(/^(?:token|Bearer) /, ''))) return UNAUTHORIZED;
    if (path.includes('/check-runs')) return checkRun(path, asked);
    return repository(path.replace('/repos/ann/ci/actions', ''), asked);
  };
  const checkRun = (path: string, { method, body }: Asked): Answer => {
    if (method === 'GET') return { body: { total_count: checkRuns.length, check_runs: checkRuns } };
    const written = { id: 1, ...(JSON.parse(body) as object) };
    if (method === 'PATCH' && path.endsWith('/1')) checkRuns[0] = { ...checkRuns[0], ...written };
    else checkRuns.push(written);
    return { status: 201, body: written };
  };
  const repository = (path: string, { query, method, body }: Asked): Answer => {
    if (path === '/runs') {
      const found = runs.filter((run) => run.head_sha === query.get('head_sha')).map(runShape);
      return { body: { total_count: found.length, workflow_runs: found } };
    }
    const run = runs.find(({ id }) => path.startsWith(`/runs/${id}/`));
    if (run !== undefined && path.endsWith('/jobs')) {
      const jobs = run.jobs.map(jobShape);
      return { body: { total_count: jobs.length, jobs } };
    }
    if (run !== undefined && path.endsWith('/artifacts'))
      return { body: { total_count: 1, artifacts: [{ id: 5, name: 'logs' }] } };
    if (run !== undefined && path.endsWith('/cancel') && method === 'POST') {
      run.jobs = run.jobs.map((job) => ({ ...job, status: 'completed', conclusion: 'cancelled' }));
      return { status: 202 };
    }
    const [, id, what] = /^\/jobs\/(\d+)\/(\w+)$/.exec(path) ?? [];
    const owner = runs.find(({ jobs }) => jobs.some((job) => job.id === Number(id)));
    const job = owner?.jobs.find((one) => one.id === Number(id));
    if (what === 'logs' && job !== undefined) return { body: job.log, headers: { 'Content-Type': 'text/plain' } };
    if (what === 'rerun' && job !== undefined && owner !== undefined && method === 'POST') {
      owner.jobs.push({ ...job, id: job.id + 1000, run_attempt: job.run_attempt + 1, ...own.again(job) });
      return { status: 201 };
    }
    if (/^\/workflows\/[\w.-]+\/dispatches$/.test(path) && method === 'POST')
      return { status: typeof (JSON.parse(body) as { ref: unknown }).ref === 'string' ? 204 : 422 };
    return { status: 404, body: { message: `Not Found: ${path}` } };
  };
  const server = await fakeServer(t, answerTo);
  return Object.assign(own, server, {
    api: `${server.url}/api/v3`,
    privateKey,
    runs,
    checkRuns,
    expireTokens: () => tokens.clear(),
  });
}

const UNAUTHORIZED: Answer = { status: 401, body: { message: 'Bad credentials' } };

/** A JSON Web Token of the App, signed with its key and not too long. */
function isApp(authorization: string): boolean {
  const [head = '', payload = '', signature = ''] = authorization.replace(/^bearer /i, '').split('.');
  const good = createVerify('RSA-SHA256')
    .update(`${head}.${payload}`)
    .verify(createPublicKey(publicKey), signature, 'base64url');
  if (!good) return false;
  const { iss, iat, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, number>;
  return String(iss) === '12' && Number(exp) - Number(iat) <= 600;
}

function runShape(run: FakeRun) {
  const open = run.jobs.some((job) => job.status !== 'completed');
  const { id, head_sha } = run;
  return {
    id,
    head_sha,
    name: 'ci',
    status: open ? 'in_progress' : 'completed',
    html_url: `https://github.example/ann/ci/actions/runs/${id}`,
  };
}

function jobShape({ step, ...job }: FakeJob) {
  return {
    ...job,
    html_url: `https://github.example/ann/ci/runs/${job.id}`,
    started_at: '2026-01-01T10:00:00Z',
    completed_at: job.status === 'completed' ? '2026-01-01T10:02:00Z' : null,
    steps: [{ name: 'build', conclusion: step }],
  };
}
