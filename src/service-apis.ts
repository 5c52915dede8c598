import type { Config } from '../config/config.ts';
import { forgetBundle, keepBundle, setPatch } from '../handlers/api-writes.ts';
import { checkPosted } from '../handlers/check-posted.ts';
import { mailParts, patchMbox, seriesMbox } from '../handlers/served-mbox.ts';
import { changeView, mailView } from '../handlers/views.ts';
import type { Context } from '../handlers/context.ts';
import { dispositionOf, seriesOfChange } from './store/series.ts';
import { isListed } from './store/listed-series.ts';
import { numberPeople } from './store/people.ts';
import { numberProjects } from './store/project-numbers.ts';
import type { ApiOptions, ApiUser } from './web/apis.ts';
import type { ProjectFacts } from './web/options.ts';

/** What the APIs are given: readers of mail, and writers that keep what is posted. Projects and users get their numbers. */
export async function openApis(context: Context): Promise<ApiOptions> {
  const { config, store, log } = context;
  const users = usersOf(config);
  if (!(await isListed(store.db)))
    log.warn('the APIs do not list the mail that was stored by an older patchloom: run "patchloom rebuild" once');
  await store.transaction(async (tx) => {
    await numberProjects(
      tx,
      config.projects.map(({ name }) => name),
    );
    await numberPeople(tx, users);
  });
  return {
    url: config.web?.url ?? null,
    users,
    tokens: config.web?.tokens ?? [],
    patchMbox: (project, msgid, before) => patchMbox(context, project, msgid, before),
    seriesMbox: (project, key) => seriesMbox(context, project, key),
    mailParts: (msgid) => mailParts(context, msgid),
    changeView: async (change, project) => {
      const all = await seriesOfChange(store.db, change, project ?? undefined);
      const chosen =
        project ?? all.toSorted((one, other) => other.series.posted - one.series.posted)[0]?.series.project;
      const versions = all.filter(({ series }) => series.project === chosen);
      return versions.length === 0 ? null : changeView(context, versions);
    },
    mailView: async (msgid) => {
      const disposition = await dispositionOf(store.db, msgid);
      return disposition === null ? null : mailView(store.db, disposition);
    },
    keepCheck: (check) => checkPosted(context, check),
    setPatch: (posting, change, token) => setPatch(context, posting, change, token),
    keepBundle: (id, wish) => keepBundle(context, id, wish),
    dropBundle: (id) => forgetBundle(context, id),
  };
}

/** The bot first; then who has a token, then who maintains and commits. One for each address. */
function usersOf({ bot, web, projects }: Config): readonly ApiUser[] {
  const people = projects.flatMap(({ requests }) => [...requests.maintainers, ...requests.committers]);
  const all: readonly ApiUser[] = [
    { name: bot.name, email: bot.email.toLowerCase() },
    ...(web?.tokens ?? []).map(({ name, email }) => ({ name, email })),
    ...people.map((email) => ({ name: email, email })),
  ];
  return [...new Map(all.toReversed().map((user) => [user.email, user])).values()].toReversed();
}

/** What is public of each project. */
export function projectFacts({ projects }: Config): readonly ProjectFacts[] {
  return projects.map(({ name, mode, git, lists, archive }) => {
    return { name, mode, gitUrl: git?.publish[0] ?? null, list: lists[0] ?? null, archive };
  });
}
