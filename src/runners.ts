import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { type Context, projectOf } from '../handlers/context.ts';
import { type Groups, groupsOfMachine } from './ci/group.ts';
import { keepFiles } from './ci/kept-files.ts';
import { localRunner } from './ci/local.ts';
import type { Sandbox } from './ci/run.ts';
import type { Runner } from './ci/runner.ts';
import { sandboxOf } from './ci/sandbox.ts';
import type { Store } from './store/open.ts';
import type { Clock } from './util/clock.ts';
import type { Log } from './util/log.ts';

/** Build-tests at the same time on this machine. */
export function placesOf({ limits }: Config): number {
  return limits.builds ?? Math.max(1, Math.floor(availableParallelism() / 2));
}

/** What the runners of all projects are made of. */
export interface RunnerParts {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly mirrorOf: Context['mirrorOf'];
}

/** Where the build-tests of each project run, as configured; opened on first use. */
export function openRunners(parts: RunnerParts): Pick<Context, 'runnerOf' | 'sandboxOf' | 'pipelineAt'> {
  const { config, clock, log } = parts;
  const runners = new Map<string, Promise<Runner>>();
  let groups: Promise<Groups | null> | null = null;
  const sandbox = async (name: string): Promise<Sandbox> => {
    groups ??= groupsHere(log);
    return sandboxOf(projectOf({ config }, name).build, await groups);
  };
  return {
    sandboxOf: sandbox,
    runnerOf: (name) => {
      const known = runners.get(name) ?? openRunner(parts, name, sandbox);
      runners.set(name, known);
      return known;
    },
    pipelineAt: async (link) => {
      const { gitlab, github } = config;
      if ((link.kind === 'github' ? github : gitlab) === null) return null;
      // Clients of forges are many modules: they are loaded where one is asked.
      const { linkedPipeline } = await import('./remote-runners.ts');
      return linkedPipeline(config, link, clock.now());
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

async function openRunner(parts: RunnerParts, name: string, sandbox: Context['sandboxOf']): Promise<Runner> {
  const { config } = parts;
  const { build } = projectOf({ config }, name);
  const git = await parts.mirrorOf(name);
  if (build.runner.kind !== 'local') {
    const { openRemote } = await import('./remote-runners.ts');
    return openRemote({ ...parts, git }, build.runner);
  }
  return localRunner({
    sandbox: await sandbox(name),
    directory: join(config.data, 'build', name),
    places: placesOf(config),
    checkout: (commit, directory) => git.checkout(commit, directory),
    incremental: build.incremental,
    cache: build.cache === null ? null : { directory: join(config.data, 'cache', name), mostBytes: build.cache },
    artifactBytes: build.artifactBytes,
    keepFile: keepFiles(config.data),
  });
}
