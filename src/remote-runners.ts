import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, RunnerConfig } from '../config/config.ts';
import { remoteRunner, type Starts } from './ci/remote.ts';
import type { OwnPipeline } from './ci/gate.ts';
import type { PipelineLink } from './ci/pipeline-link.ts';
import type { Runner } from './ci/runner.ts';
import { githubActions } from './github/actions.ts';
import { checkRunWriter } from './github/check-run.ts';
import { githubClient } from './github/client.ts';
import { githubRunAt } from './github/own-run.ts';
import { gitlabClient } from './gitlab/client.ts';
import { gitlabPipelineAt } from './gitlab/own-pipeline.ts';
import { gitlabPipelines } from './gitlab/pipelines.ts';
import type { Mirror } from './mirror/open.ts';
import { ROOT } from './root.ts';
import { noteStart, notePush, startedAt } from './store/ci-branches.ts';
import type { Store } from './store/open.ts';
import type { Clock } from './util/clock.ts';
import { PatchloomError } from './util/errors.ts';

/** How often a run elsewhere is asked for: webhooks only make it sooner. */
const POLL_MS = 60_000;

/** What a runner elsewhere works with. */
export interface RemoteParts {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly git: Mirror;
}

/** Opens the runner on GitHub or GitLab that a project has. Nothing is asked before it is used. */
export function openRemote(parts: RemoteParts, runner: Exclude<RunnerConfig, { kind: 'local' }>): Runner {
  const { config, clock } = parts;
  const { each } = runner;
  const push = pusher(parts, runner.push);
  if (runner.kind === 'github') {
    const client = githubClient(accountOf(config, 'github'), runner.repository, clock);
    const starts = startsOf(parts);
    const ci = githubActions({ client, workflow: runner.workflow, push: (commit) => push(commit, []), starts, clock });
    const template = readFileSync(join(ROOT, 'templates/github/check-run.eta'), 'utf8');
    return remoteRunner({ ci, each, pollMs: POLL_MS, tell: checkRunWriter(client, template) });
  }
  const client = gitlabClient(accountOf(config, 'gitlab'));
  const ci = gitlabPipelines({
    client,
    project: runner.project,
    variables: runner.variables,
    push: async (commit, words) => void (await push(commit, words)),
  });
  return remoteRunner({ ci, each, pollMs: POLL_MS });
}

/** Asks the CI for what every run needs first. @returns what was found, for people. @throws PatchloomError CI_UNREACHABLE, CI_REFUSED */
export async function examineRemote(
  config: Config,
  runner: Exclude<RunnerConfig, { kind: 'local' }>,
  clock: Clock,
): Promise<string> {
  if (runner.kind === 'github') {
    const account = accountOf(config, 'github');
    await githubClient(account, runner.repository, clock).token();
    return `App ${account.appId} is installed on ${runner.repository}, with the permissions that it needs`;
  }
  const client = gitlabClient(accountOf(config, 'gitlab'));
  await client.call('looking at the project', (gitlab) => gitlab.Projects.show(runner.project));
  return `${client.url} shows ${runner.project} to the bot`;
}

/** What its CI says of a pipeline that an author links; null where its server is not configured. @param now epoch ms */
export async function linkedPipeline(
  { gitlab, github }: Pick<Config, 'gitlab' | 'github'>,
  link: PipelineLink,
  now: number,
): Promise<OwnPipeline | null> {
  if (link.kind === 'github') return github === null ? null : githubRunAt(github.api, link, now);
  return gitlab === null ? null : gitlabPipelineAt(gitlabClient(gitlab), link, now);
}

/** Pushes a commit, and keeps that it was: so that its branch does not stay for ever. */
function pusher({ store, clock, git }: RemoteParts, remote: string) {
  return async (commit: string, options: readonly string[]): Promise<string> => {
    await store.transaction((tx) => notePush(tx, { project: git.project, commit }, clock.now()));
    return git.pushForCi(remote, commit, options);
  };
}

function startsOf({ store, clock, git: { project } }: RemoteParts): Starts {
  return {
    last: (commit) => startedAt(store.db, { project, commit }),
    note: (commit) => store.transaction((tx) => noteStart(tx, { project, commit }, clock.now())),
  };
}

function accountOf<K extends 'github' | 'gitlab'>(config: Config, kind: K): NonNullable<Config[K]> {
  const account = config[kind];
  // config/rules.ts has refused such a file.
  if (account === null) throw new PatchloomError('CONFIG_INVALID', `${config.file}: there is no ${kind} section`);
  return account;
}
