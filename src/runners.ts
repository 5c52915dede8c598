import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { type Context, projectOf } from '../handlers/context.ts';
import { type Groups, groupsOfMachine } from './ci/group.ts';
import { keepFiles } from './ci/kept-files.ts';
import { localRunner } from './ci/local.ts';
import { remoteRunner } from './ci/remote.ts';
import type { Sandbox } from './ci/run.ts';
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
import type { Log } from './util/log.ts';

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
  log: Log,
  mirrorOf: Context['mirrorOf'],
): Pick<Context, 'runnerOf' | 'sandboxOf' | 'pipelineAt'> {
  const runners = new Map<string, Promise<Runner>>();
  let groups: Promise<Groups | null> | null = null;
  const sandbox = async (name: string): Promise<Sandbox> => {
    groups ??= groupsHere(log);
    return sandboxOf(projectOf({ config }, name).build, await groups);
  };
  return {
    sandboxOf: sandbox,
    runnerOf: (name) => {
      const open = async () => openRunner(config, clock, name, await mirrorOf(name), sandbox);
      const known = runners.get(name) ?? open();
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

/** Null where rlimits and a watch must do. */
async function groupsHere(log: Log): Promise<Groups | null> {
  const groups = await groupsOfMachine();
  if (typeof groups === 'string') log.info(`limits of builds by rlimits and a watch: ${groups}`);
  else log.info(`limits of builds by control groups: ${groups.holds.join(', ')}`);
  return typeof groups === 'string' ? null : groups;
}

async function openRunner(
  config: Config,
  clock: Clock,
  name: string,
  git: Mirror,
  sandbox: Context['sandboxOf'],
): Promise<Runner> {
  const { build } = projectOf({ config }, name);
  const { runner } = build;
  if (runner.kind === 'local') {
    return localRunner({
      sandbox: await sandbox(name),
      directory: join(config.data, 'build', name),
      places: placesOf(config),
      checkout: (commit, directory) => git.checkout(commit, directory),
      incremental: build.incremental,
      cache: build.cache === null ? null : { directory: join(config.data, 'cache', name), mostBytes: build.cache },
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
