import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { type Backport, backportsFor } from '../../handlers/backports.ts';
import { buildBackport } from '../../handlers/backport-build.ts';
import type { ProjectConfig } from '../../config/config.ts';
import { projectOf } from '../../handlers/context.ts';
import { branchFor } from '../../handlers/judge.ts';
import { openBot } from '../bot.ts';
import { namedCommit, repositoryAt } from '../mirror/upstream-tree.ts';
import { backportsText } from '../report/backports.ts';
import { storeExists } from '../store/open.ts';
import { PatchloomError } from '../util/errors.ts';
import { silentLog } from '../util/log.ts';
import { type Command, type Invocation, print } from './command.ts';
import { projectNamed } from './tree-option.ts';

/** `patchloom backports`: what a stable branch may want. */
export const backportsCommand: Command = {
  name: 'backports',
  usage: 'VERSION [--all | --build COMMIT] [--tree DIR --branch STABLE --main BRANCH]',
  summary:
    'what a stable branch may want: why, and whether it applies; --all: also what it has already; --build: whether one builds there',
  options: {
    all: { type: 'boolean' },
    build: { type: 'string' },
    tree: { type: 'string' },
    branch: { type: 'string' },
    main: { type: 'string' },
  },
  words: [1, 1],
  async run(invocation) {
    const version = invocation.words[0] ?? '';
    if (!/^\d{1,3}(?:\.\d{1,3}){1,2}$/.test(version))
      throw new PatchloomError('USAGE', `backports: "${version}" is no version such as 4.19`);
    if (typeof invocation.options['build'] === 'string') return build(invocation, version, invocation.options['build']);
    const found = await find(invocation, version);
    const shown = invocation.options['all'] === true ? found : found.filter(({ there }) => there === null);
    if (invocation.json) for (const one of shown) print(invocation.terminal, JSON.stringify(one));
    else invocation.terminal.stdout.write(backportsText(version, shown, found.length - shown.length));
    return 0;
  },
};

/** `--build COMMIT`: runs the build-tests on the branch with the commit on top. @returns the exit code */
async function build(invocation: Invocation, version: string, word: string): Promise<number> {
  const config = invocation.config();
  const project = projectOf({ config }, projectNamed(invocation));
  await using bot = await openBot(config, { log: silentLog });
  const { repository, ...mirror } = await bot.mirrorOf(project.name);
  await mirror.fetch();
  const { stable } = branchesOf(invocation, project, version);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new PatchloomError('USAGE', 'stopped'));
  process.once('SIGINT', interrupt);
  try {
    const tip = await namedCommit(repository, stable);
    const checks = await buildBackport(bot, project.name, tip, await namedCommit(repository, word), stop.signal);
    for (const check of checks) {
      const { context, state, summary, excerpt } = check;
      if (invocation.json) print(invocation.terminal, JSON.stringify(check));
      else print(invocation.terminal, `${state.padEnd(8)} ${context}: ${summary}`);
      if (!invocation.json && excerpt !== '') print(invocation.terminal, excerpt.replace(/^/gm, '  | '));
    }
    return checks.some(({ state }) => state === 'fail') ? 1 : 0;
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

/** @throws PatchloomError CONFIG_INVALID where there is no stable branch to name */
function branchesOf(
  { options }: Invocation,
  project: ProjectConfig,
  version: string,
): { readonly stable: string; readonly trunk: string } {
  const stable = typeof options['branch'] === 'string' ? options['branch'] : branchFor(project, version);
  const trunk = typeof options['main'] === 'string' ? options['main'] : project.git?.branch;
  if (stable === null || trunk === undefined || stable === trunk)
    throw new PatchloomError('CONFIG_INVALID', `projects.${project.name}.git has no target_branch; give --branch`);
  return { stable, trunk };
}

async function find(invocation: Invocation, version: string): Promise<readonly Backport[]> {
  const config = invocation.config();
  const project = projectOf({ config }, projectNamed(invocation));
  const { tree } = invocation.options;
  const { stable, trunk } = branchesOf(invocation, project, version);
  const at = async (repository: string) => ({
    repository,
    version,
    place: tmpdir(),
    main: await namedCommit(repository, trunk),
    stable: await namedCommit(repository, stable),
  });
  if (typeof tree === 'string' && !storeExists({ directory: config.data, database: config.database }))
    return backportsFor(await at(await repositoryAt(resolve(tree))), null);
  await using bot = await openBot(config, { log: silentLog, readonly: typeof tree === 'string' });
  if (typeof tree === 'string') return await backportsFor(await at(await repositoryAt(resolve(tree))), bot.store.db);
  const mirror = await bot.mirrorOf(project.name);
  await mirror.fetch();
  return await backportsFor(await at(mirror.repository), bot.store.db);
}
