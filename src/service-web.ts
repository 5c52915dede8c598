import { join } from 'node:path';
import { checkPosted } from '../handlers/check-posted.ts';
import { ciNews } from '../handlers/ci-news.ts';
import { listenTo } from '../handlers/github/listeners.ts';
import { upstreamJob } from '../handlers/upstream-told.ts';
import type { Bot } from './bot.ts';
import { healthChecks } from './health.ts';
import { GITHUB_WEBHOOK, githubWebhook } from './github/webhook.ts';
import { GITLAB_WEBHOOK, gitlabWebhook } from './gitlab/webhook.ts';
import { parseMessage } from './mail/parse.ts';
import { ROOT } from './root.ts';
import { enqueue } from './store/jobs.ts';
import type { Listening } from './web/listen.ts';
import { listen } from './web/listen.ts';
import type { Metrics } from './web/metrics.ts';
import type { ChecksPost } from './web/checks-api.ts';
import type { HttpHandler } from './util/http-body.ts';
import { programVersion } from './version.ts';
import { upstreamHook, upstreamHookPath } from './web/upstream-hook.ts';
import { createWeb } from './web/web.ts';

/** Starts the web page where the configuration has one; null where it has none. @throws PatchloomError WEB_UNUSABLE */
export async function startWeb(bot: Bot, metrics: Metrics): Promise<Listening | null> {
  const { config, store, clock, log } = bot;
  if (config.web === null) return null;
  const { checksToken: token, operator, url } = config.web;
  const app = createWeb({
    store,
    clock,
    log,
    templatesDirectory: join(ROOT, 'templates/web'),
    metrics: metrics.registry,
    ...(token === null ? {} : { checks: { token, keep: (posted: ChecksPost) => checkPosted(bot, posted) } }),
    ...(operator === null ? {} : { operator: { token: operator, url } }),
    readMessage: parseMessage,
    health: async () => ({ checks: await healthChecks(bot) }),
    facts: {
      bot: config.bot.name,
      version: programVersion(),
      projects: config.projects.map(({ name, mode, git }) => ({ name, mode, gitUrl: git?.publish[0] ?? null })),
      sources: config.sources.map((source) => source.name),
    },
  });
  return listen(app, config.web, await webhooks(bot));
}

/** The webhooks of the CIs and upstreams that are configured. @throws PatchloomError SECRET_MISSING */
async function webhooks(bot: Bot): Promise<ReadonlyMap<string, HttpHandler>> {
  const { store, clock } = bot;
  const { github, gitlab, projects } = bot.config;
  const found = new Map<string, HttpHandler>();
  if (github !== null) {
    const heard = (repository: string, commit: string) => ciNews(bot, { kind: 'github', repository, commit });
    found.set(GITHUB_WEBHOOK, await githubWebhook(github, listenTo(heard), bot.log));
  }
  if (gitlab !== null) {
    const heard = (repository: string, commit: string) => ciNews(bot, { kind: 'gitlab', repository, commit });
    found.set(GITLAB_WEBHOOK, gitlabWebhook(gitlab.webhookSecret, heard));
  }
  for (const { name, git } of projects) {
    if (git === null || git.hook === null) continue;
    const moved = () => store.transaction(async (tx) => void (await enqueue(tx, upstreamJob(name), clock.now())));
    found.set(upstreamHookPath(name), upstreamHook(git.hook, moved));
  }
  return found;
}
