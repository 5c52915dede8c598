import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { type Context, projectOf } from '../handlers/context.ts';
import { keepFiles } from './ci/kept-files.ts';
import { localRunner } from './ci/local.ts';
import { remoteRunner } from './ci/remote.ts';
import type { Runner } from './ci/runner.ts';
import { sandboxOf } from './ci/sandbox.ts';
import { githubActions } from './github/actions.ts';
import { checkRunWriter } from './github/check-run.ts';
import { githubClient } from './github/client.ts';
import { githubRunAt } from './github/own-run.ts';
import { gitlabClient } from './gitlab/client.ts';
import { gitlabPipelineAt } from './gitlab/own-pipeline.ts';
import { gitlabPipelines } from './gitlab/pipelines.ts';
import type { Mirror } from './mirror/open.ts';
import { ROOT } from './root.ts';
import type { Clock } from './util/clock.ts';
import { PatchloomError } from './util/errors.ts';

/** How often a run elsewhere is asked for: webhooks only make it sooner. */
const POLL_MS = 60_000;

/** Build-tests at the same time on this machine. */
export function placesOf({ limits }: Config): number {
  return limits.builds ?? Math.max(1, Math.floor(availableParallelism() / 2));
}

/** Where the build-tests of each project run, as configured; opened on first use. */
export function openRunners(
  config: Config,
  clock: Clock,
  mirrorOf: Context['mirrorOf'],
): Pick<Context, 'runnerOf' | 'pipelineAt'> {
  const runners = new Map<string, Promise<Runner>>();
  return {
    runnerOf: (name) => {
      const known = runners.get(name) ?? mirrorOf(name).then((git) => openRunner(config, clock, name, git));
      runners.set(name, known);
      return known;
    },
    pipelineAt: async (link) => {
      const { gitlab, github } = config;
      if (link.kind === 'github') return github === null ? null : githubRunAt(github.api, link, clock.now());
      return gitlab === null ? null : gitlabPipelineAt(gitlabClient(gitlab), link, clock.now());
    },
  };
}

function openRunner(config: Config, clock: Clock, name: string, git: Mirror): Runner {
  const { build } = projectOf({ config }, name);
  const { runner } = build;
  if (runner.kind === 'local') {
    return localRunner({
      sandbox: sandboxOf(build),
      directory: join(config.data, 'build', name),
      places: placesOf(config),
      checkout: (commit, directory) => git.checkout(commit, directory),
      keepFile: keepFiles(config.data),
    });
  }
  const { each } = runner;
  if (runner.kind === 'github') {
    const client = githubClient(accountOf(config, 'github'), runner.repository, clock);
    const push = (commit: string) => git.pushForCi(runner.push, commit, []);
    const ci = githubActions({ client, workflow: runner.workflow, push });
    const template = readFileSync(join(ROOT, 'templates/github/check-run.eta'), 'utf8');
    return remoteRunner({ ci, each, pollMs: POLL_MS, tell: checkRunWriter(client, template) });
  }
  const client = gitlabClient(accountOf(config, 'gitlab'));
  const push = async (commit: string, options: readonly string[]) =>
    void (await git.pushForCi(runner.push, commit, options));
  const ci = gitlabPipelines({ client, project: runner.project, variables: runner.variables, push });
  return remoteRunner({ ci, each, pollMs: POLL_MS });
}

function accountOf<K extends 'github' | 'gitlab'>(config: Config, kind: K): NonNullable<Config[K]> {
  const account = config[kind];
  // config/rules.ts has refused such a file.
  if (account === null) throw new PatchloomError('CONFIG_INVALID', `${config.file}: there is no ${kind} section`);
  return account;
}
