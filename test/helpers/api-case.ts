import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { loadConfig } from '../../config/loader.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { type Bot, openBot } from '../../src/bot.ts';
import { startWeb } from '../../src/service-web.ts';
import { silentLog } from '../../src/util/log.ts';
import { createMetrics } from '../../src/web/metrics.ts';
import { type GitRepo, gitRepo } from './git-repo.ts';
import { tempDir } from './temp-dir.ts';

/** A served bot of one project `hello`, and a directory for what its clients keep. */
export interface ApiCase {
  readonly bot: Bot;
  readonly repo: GitRepo;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly directory: string;
  receive(...mails: readonly (Buffer | string)[]): Promise<void>;
  /** Fetches JSON. @throws where the answer has another status */
  json<T>(path: string, status?: number): Promise<T>;
  /** Sends a form (none with GET) with the token `robot`, or another. */
  send(method: string, path: string, form: Readonly<Record<string, string>>, token?: string): Promise<Response>;
}

/** The token that may do everything; `reader` may post checks alone. */
export const ROBOT = 'robot';

/** A bot that is served on a free port of the loopback device. */
export async function apiCase(t: Pick<TestContext, 'after'>): Promise<ApiCase> {
  const repo = await gitRepo();
  t.after(() => repo[Symbol.asyncDispose]());
  repo.commit({ 'a.c': 'one\ntwo\nthree\n' }, 'start');
  const directory = tempDir(t);
  const file = join(directory, 'patchloom.yaml');
  const hash = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  writeFileSync(
    file,
    `bot: {name: bot, email: bot@example.org}
data: ${join(directory, 'data')}
web:
  listen: 127.0.0.1:0
  tokens:
    - {name: ${ROBOT}, email: robot@example.org, hash: "${hash(ROBOT)}", may: [checks, states, delegate, bundles]}
    - {name: board, email: board@example.org, hash: "${hash('board')}", may: [checks]}
projects:
  hello:
    lists: [hello@lists.example.org]
    fallback: true
    git: {upstream: "${repo.bare()}", branch: main}
    requests: {maintainers: [mona@example.org]}
`,
  );
  const bot = await openBot(loadConfig(file, process.env), { log: silentLog });
  t.after(() => bot[Symbol.asyncDispose]());
  const web = await startWeb(bot, createMetrics(bot.store, bot.clock));
  if (web === null) throw new Error('nothing is served');
  t.after(() => web.close());
  return {
    bot,
    repo,
    url: web.url,
    directory,
    receive: async (...mails) => {
      const arrivals = mails.map((mail) => ({ raw: Buffer.from(mail), label: 'test' }));
      await messagesArrived(bot, arrivals, { act: false });
    },
    json: async <T>(path: string, status = 200) => {
      const response = await fetch(`${web.url}${path}`);
      const text = await response.text();
      if (response.status !== status) throw new Error(`${path}: ${response.status}: ${text}`);
      return JSON.parse(text) as T;
    },
    send: (method, path, form, token = ROBOT) =>
      fetch(`${web.url}${path}`, {
        method,
        headers: { Authorization: `Token ${token}` },
        ...(method === 'GET' ? {} : { body: new URLSearchParams(form) }),
      }),
  };
}
