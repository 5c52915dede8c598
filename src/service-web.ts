import { join } from 'node:path';
import { ciNews } from '../handlers/ci-news.ts';
import { upstreamNews } from '../handlers/upstream-heard.ts';
import { listenTo } from '../handlers/github/listeners.ts';
import { openKept } from './ci/kept-files.ts';
import { liveFolder } from './ci/live-log.ts';
import { followLive, liveNow } from './ci/live-reader.ts';
import type { Bot } from './bot.ts';
import { healthChecks } from './health.ts';
import { GITHUB_WEBHOOK, githubWebhook } from './github/webhook.ts';
import { GITLAB_WEBHOOK, gitlabWebhook } from './gitlab/webhook.ts';
import { parseMessage } from './mail/parse.ts';
import { ROOT } from './root.ts';
import { PAGE_PATCHES } from './service-pages.ts';
import type { Listening, ListenAt } from './web/listen.ts';
import { listen } from './web/listen.ts';
import type { Metrics } from './web/metrics.ts';
import type { HttpHandler } from './util/http-body.ts';
import { programVersion } from './version.ts';
import { createMachineApp } from './web/machine-routes.ts';
import type { Health, RunFiles } from './web/options.ts';
import { upstreamHook, upstreamHookPath } from './web/upstream-hook.ts';
import { openApis, projectFacts } from './service-apis.ts';
import { createWeb } from './web/web.ts';

/** Starts the web page where the configuration has one; null where it has none. @throws PatchloomError WEB_UNUSABLE */
export async function startWeb(bot: Bot, metrics: Metrics): Promise<Listening | null> {
  const { config, store, clock, log } = bot;
  if (config.web === null) return null;
  const { operator, url } = config.web;
  const app = createWeb({
    store,
    clock,
    log,
    templatesDirectory: join(ROOT, 'templates/web'),
    metrics: metrics.registry,
    apis: await openApis(bot),
    ...(operator === null ? {} : { operator: { token: operator, url } }),
    runs: runFiles(config.data),
    readMessage: parseMessage,
    patches: PAGE_PATCHES,
    queries: config.web.queries,
    health: healthFrom(bot),
    facts: {
      bot: config.bot.name,
      version: programVersion(),
      projects: projectFacts(config),
      sources: config.sources.map((source) => source.name),
    },
  });
  return listen(app, config.web, await webhooks(bot));
}

/** Answers `/metrics`, `/healthz` and `/readyz` alone. @throws PatchloomError WEB_UNUSABLE */
export async function startMetrics(bot: Bot, metrics: Metrics, at: ListenAt): Promise<Listening> {
  const { store, log } = bot;
  return listen(createMachineApp({ store, log, metrics: metrics.registry, health: healthFrom(bot) }), at);
}

function healthFrom(bot: Bot): () => Promise<Health> {
  const since = bot.clock.now();
  return async () => ({ checks: await healthChecks({ ...bot, since }) });
}

function runFiles(data: string): RunFiles {
  return {
    follow: (of, from, signal) => followLive(liveFolder(data, of), from, signal),
    now: (of, lines) => liveNow(liveFolder(data, of), lines),
    open: (path) => openKept(data, path),
  };
}

/** The webhooks of the CIs and upstreams that are configured. @throws PatchloomError SECRET_MISSING */
async function webhooks(bot: Bot): Promise<ReadonlyMap<string, HttpHandler>> {
  const { github, gitlab } = bot.config;
  const found = new Map<string, HttpHandler>();
  if (github !== null) {
    const heard = (repository: string, commit: string) => ciNews(bot, { kind: 'github', repository, commit });
    found.set(GITHUB_WEBHOOK, await githubWebhook(github, listenTo(heard), bot.log));
  }
  if (gitlab !== null) {
    const heard = (repository: string, commit: string) => ciNews(bot, { kind: 'gitlab', repository, commit });
    found.set(GITLAB_WEBHOOK, gitlabWebhook(gitlab.webhookSecret, heard));
  }
  for (const { name, git } of bot.config.projects)
    if (git?.hook)
      found.set(
        upstreamHookPath(name),
        upstreamHook(git.hook, () => upstreamNews(bot, name)),
      );
  return found;
}
