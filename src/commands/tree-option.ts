import { resolve } from 'node:path';
import { projectOf } from '../../handlers/context.ts';
import { openBot } from '../bot.ts';
import { namedCommit, repositoryAt } from '../mirror/upstream-tree.ts';
import { PatchloomError } from '../util/errors.ts';
import { silentLog } from '../util/log.ts';
import type { Invocation } from './command.ts';

/** The tree that a command works on. */
export interface NamedTree {
  readonly repository: string;
  readonly commit: string;
}

/** The one project that a command is about: `--project`, else the first that has a repository. @throws PatchloomError NOT_FOUND, CONFIG_INVALID */
export function projectNamed(invocation: Invocation): string {
  const config = invocation.config();
  if (invocation.project !== null) return projectOf({ config }, invocation.project).name;
  const first = config.projects.find(({ git }) => git !== null);
  if (first === undefined) throw new PatchloomError('CONFIG_INVALID', `${config.file}: no project has a git section`);
  return first.name;
}

/**
 * `--tree DIR` (a clone of the person's own, at HEAD), else the project's repository at its branch; `--at REV` names another commit.
 * @throws PatchloomError SOURCE_MISSING, GIT_REF_MISSING, and those of a fetch
 */
export async function namedTree(invocation: Invocation): Promise<NamedTree> {
  const { tree, at } = invocation.options;
  if (typeof tree === 'string') {
    const repository = await repositoryAt(resolve(tree));
    return { repository, commit: await namedCommit(repository, typeof at === 'string' ? at : 'HEAD') };
  }
  const project = projectNamed(invocation);
  await using bot = await openBot(invocation.config(), { log: silentLog });
  const mirror = await bot.mirrorOf(project);
  await mirror.fetch();
  const branch = projectOf(bot, project).git?.branch ?? 'HEAD';
  return {
    repository: mirror.repository,
    commit: await namedCommit(mirror.repository, typeof at === 'string' ? at : branch),
  };
}
