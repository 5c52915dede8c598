import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { loadConfig } from '../../config/loader.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { type Bot, openBot, STAGES } from '../../src/bot.ts';
import { listSeries, type StoredSeries } from '../../src/store/series.ts';
import type { Clock } from '../../src/util/clock.ts';
import { silentLog } from '../../src/util/log.ts';
import { drain } from '../../src/worker.ts';
import { type FileContent, type GitRepo, gitRepo } from './git-repo.ts';
import { tempDir } from './temp-dir.ts';

/** A project with a repository, and a bot that builds what is mailed. */
export interface BuildCase {
  readonly repo: GitRepo;
  readonly data: string;
  /** Path of its configuration file. */
  readonly file: string;
  /** Opens the bot; it is closed after the test. */
  open(clock?: Clock): Promise<Bot>;
  /** Mails of commits on top of main, each a set of files. */
  series(subject: string, commits: readonly Readonly<Record<string, FileContent>>[], ...options: string[]): Buffer[];
}

/** `build` is YAML of the project's build section, each line indented by six; `top` stands at the top of the file. */
export async function buildCase(
  t: TestContext,
  files: Readonly<Record<string, FileContent>>,
  build: string,
  top = '',
): Promise<BuildCase> {
  const repo = await gitRepo();
  t.after(() => repo[Symbol.asyncDispose]());
  repo.commit(files, 'start');
  const upstream = repo.bare();
  const directory = tempDir(t);
  const file = join(directory, 'patchloom.yaml');
  const data = join(directory, 'data');
  writeFileSync(
    file,
    `bot: {email: bot@example.org}\n${top}limits: {act_within_days: 36500}\ndata: ${data}\nprojects:\n  hello:\n    lists: [hello@lists.example.org]\n    fallback: true\n    git: {upstream: ${upstream}, branch: main}\n    report: {success: true}\n    build:\n${build}`,
  );
  return {
    repo,
    data,
    file,
    open: async (clock) => {
      const bot = await openBot(loadConfig(file, process.env), { log: silentLog, ...(clock ? { clock } : {}) });
      t.after(() => bot[Symbol.asyncDispose]());
      return bot;
    },
    series: (subject, commits, ...options) => {
      repo.git('checkout', '--quiet', '-B', 'work', 'main');
      for (const [at, changed] of commits.entries())
        repo.commit(changed, `${subject}: part ${at + 1}\n\nSigned-off-by: Ann Author <ann@example.org>`);
      const mails = repo.formatPatch(
        'main..work',
        '--thread',
        '--to=hello@lists.example.org',
        '--from=Ann Author <ann@example.org>',
        ...options,
      );
      repo.git('checkout', '--quiet', 'main');
      return mails;
    },
  };
}

/** Takes mails in and works until nothing is due. */
export async function play(bot: Bot, mails: readonly Uint8Array[]): Promise<void> {
  await messagesArrived(
    bot,
    mails.map((raw) => ({ raw, label: 'test' })),
    { act: true },
  );
  await drain(bot, STAGES);
}

/** The newest series. @throws where there is none */
export async function newest(bot: Bot): Promise<StoredSeries> {
  const [first] = await listSeries(bot.store.db, { limit: 1 });
  if (first === undefined) throw new Error('no series');
  return first;
}
