import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bot } from './bot.ts';
import { parseMessage } from './mail/parse.ts';
import { ROOT } from './root.ts';
import type { Listening } from './web/listen.ts';
import { listen } from './web/listen.ts';
import type { Metrics } from './web/metrics.ts';
import type { HealthCheck } from './web/options.ts';
import { createWeb } from './web/web.ts';

/** What the service sees of itself while it runs. */
export interface Watched {
  /** Last fault of each source; null where it works. */
  readonly sourceErrors: Map<string, string | null>;
  /** Epoch ms at which each source was last read to its end. */
  readonly readAt: Map<string, number>;
  /** Epoch ms of the last new mail since the start, or null. */
  lastMailAt: number | null;
}

/** Starts the web page where the configuration has one; null where it has none. @throws PatchloomError WEB_UNUSABLE */
export async function startWeb(bot: Bot, watched: Watched, metrics: Metrics): Promise<Listening | null> {
  const { config, store, clock, log } = bot;
  if (config.web === null) return null;
  const app = createWeb({
    store,
    clock,
    log,
    templatesDirectory: join(ROOT, 'templates/web'),
    metrics: metrics.registry,
    readMessage: parseMessage,
    health: () => ({ checks: healthChecks(bot, watched) }),
    facts: {
      bot: config.bot.name,
      version: version(),
      projects: config.projects.map(({ name, mode, git }) => ({ name, mode, gitUrl: git?.publish[0] ?? null })),
      sources: config.sources.map((source) => source.name),
    },
  });
  return listen(app, config.web);
}

function healthChecks(bot: Bot, watched: Watched): readonly HealthCheck[] {
  const sources = bot.config.sources.map(({ name }): HealthCheck => {
    const error = watched.sourceErrors.get(name) ?? null;
    return { name: `source ${name}`, ok: error === null, detail: error ?? 'reads' };
  });
  const detail = watched.lastMailAt === null ? 'none since the start' : new Date(watched.lastMailAt).toISOString();
  return [...sources, { name: 'last mail', ok: true, detail }];
}

function version(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}
