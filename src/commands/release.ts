import { resolve } from 'node:path';
import { projectOf } from '../../handlers/context.ts';
import { releaseFor } from '../../handlers/release.ts';
import { openBot } from '../bot.ts';
import { repositoryAt } from '../mirror/upstream-tree.ts';
import { fetchTags } from '../mirror/upstream-tags.ts';
import type { Release } from '../report/release.ts';
import { releaseText } from '../report/release-text.ts';
import { storeExists } from '../store/open.ts';
import { PatchloomError } from '../util/errors.ts';
import { silentLog } from '../util/log.ts';
import { type Command, type Invocation, print } from './command.ts';
import { projectNamed } from './tree-option.ts';

/** `patchloom release`: what a release announcement needs, or who did what in a time. */
export const releaseCommand: Command = {
  name: 'release',
  usage: 'A..B|BRANCH [--since DAY] [--until DAY] [--markdown] [--tree DIR]',
  summary: 'changes by area, security fixes, backports, contributors and reviewers of a range of commits or a time',
  options: {
    since: { type: 'string' },
    until: { type: 'string' },
    markdown: { type: 'boolean' },
    tree: { type: 'string' },
  },
  words: [1, 1],
  async run(invocation) {
    const { terminal, options } = invocation;
    const release = await read(invocation);
    if (invocation.json) print(terminal, JSON.stringify(release));
    else terminal.stdout.write(releaseText(release, options['markdown'] === true ? 'markdown' : 'text'));
    return 0;
  },
};

async function read(invocation: Invocation): Promise<Release> {
  const range = invocation.words[0] ?? '';
  const time = { since: dayOf(invocation, 'since'), until: dayOf(invocation, 'until') };
  const config = invocation.config();
  const { tree } = invocation.options;
  const own = typeof tree === 'string';
  // In a clone of the person's own, nothing has to be configured.
  const named = config.projects.some(({ git }) => git !== null) ? projectNamed(invocation) : null;
  const project = named === null ? null : projectOf({ config }, named);
  const stored = storeExists({ directory: config.data, database: config.database });
  if (own && !stored) {
    return releaseFor({ repository: await repositoryAt(resolve(tree)), range, ...time }, project, null);
  }
  await using bot = await openBot(config, { log: silentLog, readonly: own });
  if (own)
    return await releaseFor({ repository: await repositoryAt(resolve(tree)), range, ...time }, project, bot.store.db);
  if (project?.git === null || project === null) {
    throw new PatchloomError('CONFIG_INVALID', `${config.file}: no project has a git section; give --tree DIR`);
  }
  const mirror = await bot.mirrorOf(project.name);
  await mirror.fetch();
  await fetchTags(mirror.repository, project.git.upstream);
  return await releaseFor({ repository: mirror.repository, range, ...time }, project, bot.store.db);
}

/** A day, or a time, as ISO 8601. @throws PatchloomError USAGE */
function dayOf(invocation: Invocation, option: 'since' | 'until'): string | null {
  const given = invocation.options[option];
  if (typeof given !== 'string') return null;
  const time = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z?)?$/.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(time)) throw new PatchloomError('USAGE', `--${option}: write a day as 2024-06-28`);
  return new Date(time).toISOString();
}
