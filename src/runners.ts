import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { type Context, projectOf } from '../handlers/context.ts';
import { keepFiles } from './ci/kept-files.ts';
import { localRunner } from './ci/local.ts';
import type { Runner } from './ci/runner.ts';
import { sandboxOf } from './ci/sandbox.ts';

/** Build-tests at the same time on this machine. */
export function placesOf({ limits }: Config): number {
  return limits.builds ?? Math.max(1, Math.floor(availableParallelism() / 2));
}

/** Where the build-tests of each project run, as configured; opened on first use. */
export function openRunners(config: Config, mirrorOf: Context['mirrorOf']): Pick<Context, 'runnerOf' | 'pipelineAt'> {
  const runners = new Map<string, Promise<Runner>>();
  const open = async (name: string): Promise<Runner> => {
    const { build } = projectOf({ config }, name);
    const git = await mirrorOf(name);
    return localRunner({
      sandbox: sandboxOf(build),
      directory: join(config.data, 'build', name),
      places: placesOf(config),
      checkout: (commit, directory) => git.checkout(commit, directory),
      keepFile: keepFiles(config.data),
    });
  };
  return {
    runnerOf: (name) => {
      const known = runners.get(name) ?? open(name);
      runners.set(name, known);
      return known;
    },
    pipelineAt: () => Promise.resolve(null),
  };
}
