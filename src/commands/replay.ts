import { open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Config } from '../../config/config.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { type Bot, openBot, STAGES } from '../bot.ts';
import { type PastUpstream, pastUpstream } from '../mirror/past-upstream.ts';
import { figureLines, figuresOf, type Replayed, type WouldSay } from '../report/replay.ts';
import { replayPage } from '../report/replay-page.ts';
import { oneLine } from '../report/text.ts';
import { openPath, type Source } from '../source/source.ts';
import { factsOf } from '../store/facts.ts';
import { listOutgoing } from '../store/outbox.ts';
import { listSeries, seriesByKey } from '../store/series.ts';
import { PatchloomError } from '../util/errors.ts';
import { createLog } from '../util/log.ts';
import { withScratch } from '../util/scratch.ts';
import { drain } from '../worker.ts';
import { type Command, type Invocation, print } from './command.ts';
import { type Progress, startProgress } from './progress.ts';
import { takenFromFile, takenFromGit } from './replay-upstream.ts';

/** `patchloom replay`: a shadow run over an archive in a place of its own. Nothing is built, published or sent. */
export const replayCommand: Command = {
  name: 'replay',
  usage: 'SOURCE [--html FILE] [--truth FILE]',
  summary: 'shadow run over an archive, on the branches of its time: what would have been said, and what upstream did',
  options: { html: { type: 'string' }, truth: { type: 'string' } },
  words: [1, 1],
  async run(invocation) {
    const named = await openNamed(invocation);
    const progress = startProgress(invocation, 'replay');
    try {
      return await withScratch(tmpdir(), (data) => replayIn(invocation, named, { data, progress }));
    } finally {
      progress.stop();
    }
  },
};

/** What the command line names. */
interface Named {
  readonly source: Source;
  /** Null: upstream's branches say it. */
  readonly taken: ReturnType<typeof takenFromFile> | null;
}

/** Before anything is fetched, or read for hours: all that is named must be there, and the page must have its place. @throws PatchloomError */
async function openNamed({ words, options }: Invocation): Promise<Named> {
  const { truth, html } = options;
  const source = await openPath(words[0] ?? '');
  const taken = typeof truth === 'string' ? takenFromFile(truth) : null;
  if (typeof html === 'string') await (await open(html, 'a')).close();
  return { source, taken };
}

async function replayIn(
  invocation: Invocation,
  named: Named,
  { data, progress }: { readonly data: string; readonly progress: Progress },
): Promise<number> {
  const time = { now: 0 };
  const asked = invocation.config();
  const past = await pastOf(asked, data, invocation.project);
  const config = shadowOf(asked, data, past, invocation.project);
  const log = createLog('error', invocation.terminal.stderr);
  await using bot = await openBot(config, { log, clock: { now: () => time.now } });
  const mails = await live(bot, named.source, { time, past, progress });
  progress.update(null, 'comparing');
  const { all, said } = await found(bot);
  const taken = named.taken ?? (await takenFromGit(config.projects, past, all));
  progress.stop();
  await tell(invocation, mails, all, said, figuresOf(all, said, taken));
  return 0;
}

/** Copies of the upstreams, by project, that can be set to a time. */
type Past = ReadonlyMap<string, PastUpstream>;

/** @throws PatchloomError NOT_FOUND, GIT_* */
async function pastOf(config: Config, directory: string, only: string | null): Promise<Past> {
  if (only !== null && !config.projects.some(({ name }) => name === only))
    throw new PatchloomError('NOT_FOUND', `there is no project "${only}" in ${config.file}`);
  const past = new Map<string, PastUpstream>();
  for (const { name, git } of config.projects) {
    if (git === null || (only !== null && name !== only)) continue;
    const target = git.targetBranch === null ? [] : [git.targetBranch.replaceAll('{target}', '*')];
    const branches = { branch: git.branch, globs: [...git.watch, ...target] };
    past.set(name, await pastUpstream({ directory, name: `past-${name}` }, git.upstream, branches));
  }
  return past;
}

/** The same projects, but nothing leaves, nothing is built, no series is too old, and upstream is as it was. */
function shadowOf(config: Config, data: string, past: Past, only: string | null): Config {
  const projects = config.projects
    .filter(({ name }) => only === null || name === only)
    .map((project) => ({
      ...project,
      mode: 'shadow' as const,
      build: { ...project.build, jobs: [] },
      git:
        project.git === null
          ? null
          : { ...project.git, publish: [], upstream: past.get(project.name)?.repository ?? project.git.upstream },
    }));
  // In a store of its own, whatever the one of the installation is.
  const place = { data, database: null, smtp: null };
  return { ...config, ...place, projects, limits: { ...config.limits, actWithinDays: 365_000 } };
}

interface Life {
  readonly time: { now: number };
  readonly past: Past;
  readonly progress: Progress;
}

/**
 * Lets the mails arrive as they did, one by one, and the bot do its work after each that completes a series: it is judged before the next
 * version replaces it, and by what was known then. @returns how many were new
 */
async function live(bot: Bot, source: Source, { time, past, progress }: Life): Promise<number> {
  let mails = 0;
  for await (const { raw, label, done } of source.read(null, new AbortController().signal)) {
    const { added, completed } = await messagesArrived(bot, [{ raw, label }], { act: true });
    mails += added;
    for (const { project, key } of completed) {
      const posted = (await seriesByKey(bot.store.db, project, key))?.series.posted ?? 0;
      // A clock that runs ahead in some mail must not turn ours for good.
      if (posted > time.now) time.now = time.now === 0 ? posted : Math.min(posted, time.now + 30 * 86_400_000);
    }
    if (completed.length > 0) {
      for (const upstream of past.values()) await upstream.setTo(time.now);
      await drain(bot, STAGES);
    }
    progress.update(done, `${mails} mails`);
  }
  return mails;
}

async function found(bot: Bot): Promise<{ readonly all: readonly Replayed[]; readonly said: readonly WouldSay[] }> {
  const { db } = bot.store;
  const all: Replayed[] = [];
  for (const stored of await listSeries(db, { limit: Number.MAX_SAFE_INTEGER })) {
    const { mirror } = await factsOf(db, stored);
    all.push({
      series: stored.series,
      tags: stored.tags,
      mirror: mirror?.state ?? null,
      base: mirror?.base?.rule ?? null,
    });
  }
  const outbox = (await listOutgoing(db, { limit: Number.MAX_SAFE_INTEGER })).toReversed();
  const said = outbox.map(({ project, key, outcome, created, message }): WouldSay => {
    const recipients = [...message.to, ...message.cc].map(({ email }) => email);
    return { project, key, outcome, at: created, subject: message.subject, recipients };
  });
  return { all: all.toReversed(), said };
}

async function tell(
  invocation: Invocation,
  mails: number,
  all: readonly Replayed[],
  said: readonly WouldSay[],
  figures: ReturnType<typeof figuresOf>,
): Promise<void> {
  const { terminal, json, options, words } = invocation;
  if (typeof options['html'] === 'string')
    await writeFile(options['html'], replayPage(`Replay of ${words[0] ?? ''}`, figures, all, said));
  if (json) {
    for (const one of said) print(terminal, JSON.stringify(one));
    print(terminal, JSON.stringify({ mails, figures }));
    return;
  }
  for (const { at, outcome, subject, recipients } of said)
    print(
      terminal,
      `${new Date(at).toISOString().slice(0, 10)} ${outcome.padEnd(16)} ${subject} -> ${recipients.join(', ')}`,
    );
  print(terminal, `mails read        ${mails}`);
  for (const line of figureLines(figures)) print(terminal, line);
  for (const msgid of figures.blamed) print(terminal, `                  ${oneLine(msgid, 300)}`);
}
