import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Backport, backportsFor } from '../../handlers/backports.ts';
import { projectOf } from '../../handlers/context.ts';
import { branchFor } from '../../handlers/judge.ts';
import { openBot } from '../bot.ts';
import { namedCommit, repositoryAt } from '../mirror/upstream-tree.ts';
import { backportsText } from '../report/backports.ts';
import { STORE_FILE } from '../store/open.ts';
import { PatchloomError } from '../util/errors.ts';
import { silentLog } from '../util/log.ts';
import { type Command, type Invocation, print } from './command.ts';
import { projectNamed } from './tree-option.ts';

/** `patchloom backports`: what a stable branch may want. */
export const backportsCommand: Command = {
  name: 'backports',
  usage: 'VERSION [--all] [--tree DIR --branch STABLE --main BRANCH]',
  summary: 'what a stable branch may want: why, and whether it applies; --all: also what it has already',
  options: {
    all: { type: 'boolean' },
    tree: { type: 'string' },
    branch: { type: 'string' },
    main: { type: 'string' },
  },
  words: [1, 1],
  async run(invocation) {
    const version = invocation.words[0] ?? '';
    if (!/^\d{1,3}(?:\.\d{1,3}){1,2}$/.test(version))
      throw new PatchloomError('USAGE', `backports: "${version}" is no version such as 4.19`);
    const found = await find(invocation, version);
    const shown = invocation.options['all'] === true ? found : found.filter(({ there }) => there === null);
    if (invocation.json) for (const one of shown) print(invocation.terminal, JSON.stringify(one));
    else invocation.terminal.stdout.write(backportsText(version, shown, found.length - shown.length));
    return 0;
  },
};

async function find(invocation: Invocation, version: string): Promise<readonly Backport[]> {
  const config = invocation.config();
  const project = projectOf({ config }, projectNamed(invocation));
  const { tree, branch, main } = invocation.options;
  const stable = typeof branch === 'string' ? branch : branchFor(project, version);
  const trunk = typeof main === 'string' ? main : project.git?.branch;
  if (stable === null || trunk === undefined || stable === trunk)
    throw new PatchloomError('CONFIG_INVALID', `${config.file}: projects.${project.name}.git has no target_branch`);
  const at = async (repository: string) => ({
    repository,
    version,
    place: tmpdir(),
    main: await namedCommit(repository, trunk),
    stable: await namedCommit(repository, stable),
  });
  if (typeof tree === 'string' && !existsSync(join(config.data, STORE_FILE)))
    return backportsFor(await at(await repositoryAt(resolve(tree))), null);
  await using bot = await openBot(config, { log: silentLog, readonly: typeof tree === 'string' });
  if (typeof tree === 'string') return await backportsFor(await at(await repositoryAt(resolve(tree))), bot.store.db);
  const mirror = await bot.mirrorOf(project.name);
  await mirror.fetch();
  return await backportsFor(await at(mirror.repository), bot.store.db);
}
