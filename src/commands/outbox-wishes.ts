import { type Bot, openBot } from '../bot.ts';
import { isAddress } from '../report/recipients.ts';
import { oneLine, pad } from '../report/text.ts';
import { dropMailAbout, dropMailTo } from '../store/outbox-recipients.ts';
import type { Tx } from '../store/schema.ts';
import { dropWishes, keepWish, listWishes, WHOLE_PROJECT, type Wish } from '../store/wishes.ts';
import { PatchloomError } from '../util/errors.ts';
import { silentLog } from '../util/log.ts';
import { type Invocation, print, say } from './command.ts';
import { findVersions } from './find.ts';

/** `outbox wishes`: what people want to hold from now on. */
export async function wishes(invocation: Invocation): Promise<number> {
  await using bot = await openBot(invocation.config(), { log: silentLog, readonly: true });
  for (const wish of await listWishes(bot.store.db, invocation.project ?? undefined)) {
    const { kind, scope, project, subject, by, at } = wish;
    if (invocation.json) print(invocation.terminal, JSON.stringify(wish));
    else
      print(
        invocation.terminal,
        `${pad(kind, 8)} ${pad(scope, 8)} ${project} ${oneLine(subject)} (by ${oneLine(by)}, ${new Date(at).toISOString().slice(0, 10)})`,
      );
  }
  return 0;
}

/** What an operator silences for who cannot, or would rather not, ask by mail. */
interface Target extends Pick<Wish, 'kind' | 'scope' | 'subject'> {
  readonly projects: readonly string[];
  /** For people. */
  readonly words: string;
  /** Takes back what waits. */
  readonly drop: (tx: Tx, project: string) => Promise<void>;
}

/** `outbox opt-out`: a person in one project or in all, a series, or with `--project` alone a whole project. */
export async function optOut(invocation: Invocation): Promise<number> {
  await using bot = await openBot(invocation.config(), { log: silentLog });
  const { projects, words, drop, ...wish } = await targetOf(invocation, bot);
  await bot.store.transaction(async (tx) => {
    for (const project of projects) {
      await keepWish(tx, { ...wish, project, by: 'the operator', msgid: null, at: bot.clock.now() });
      await drop(tx, project);
    }
  });
  say(invocation, `nothing more is said ${words} in ${projects.join(', ')}`);
  return 0;
}

/** `outbox opt-in`: undoes an opt-out. */
export async function optIn(invocation: Invocation): Promise<number> {
  await using bot = await openBot(invocation.config(), { log: silentLog });
  const { projects, words, subject } = await targetOf(invocation, bot);
  let gone = 0;
  await bot.store.transaction(async (tx) => {
    for (const project of projects) gone += await dropWishes(tx, project, subject);
  });
  say(
    invocation,
    gone > 0 ? `mail is written again ${words} in ${projects.join(', ')}` : `there was no opt-out ${words}`,
  );
  return gone > 0 ? 0 : 1;
}

async function targetOf(invocation: Invocation, bot: Bot): Promise<Target> {
  const word = invocation.words[1];
  if (word === undefined) {
    if (invocation.project === null)
      throw new PatchloomError(
        'USAGE',
        'outbox opt-out: give a mail address, a change, or --project for a whole project',
      );
    return {
      kind: 'opt-out',
      scope: 'project',
      subject: WHOLE_PROJECT,
      projects: projectsOf(invocation),
      words: 'about any series',
      drop: (tx, project) => dropMailAbout(tx, project, null),
    };
  }
  if (isAddress(word)) {
    return {
      kind: 'opt-out',
      scope: 'person',
      subject: word.toLowerCase(),
      projects: projectsOf(invocation),
      words: `to ${word}`,
      drop: (tx, project) => dropMailTo(tx, project, word),
    };
  }
  const versions = await findVersions(bot.store.db, word, invocation.project);
  const [first] = versions;
  if (first === undefined)
    throw new PatchloomError('NOT_FOUND', `outbox: "${word}" is neither a mail address nor a change that is known`);
  const keys = versions.map(({ series }) => series.key);
  return {
    kind: 'ignore',
    scope: 'series',
    subject: first.series.change,
    projects: [first.series.project],
    words: `about ${first.series.change}`,
    drop: (tx, project) => dropMailAbout(tx, project, keys),
  };
}

function projectsOf(invocation: Invocation): readonly string[] {
  const names = invocation.config().projects.map(({ name }) => name);
  if (invocation.project === null) return names;
  if (names.includes(invocation.project)) return [invocation.project];
  throw new PatchloomError('NOT_FOUND', `there is no project "${invocation.project}"`);
}
