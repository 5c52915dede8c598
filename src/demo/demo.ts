/**
 * `npm run demo`: the whole main job on a small project, without network or configuration.
 * `npm run demo -- --serve` stays up with the web page.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Observer } from '../../handlers/context.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { sendNext } from '../../handlers/report-decided.ts';
import { type Bot, openBot, STAGES } from '../bot.ts';
import { sandboxProblem } from '../ci/sandbox.ts';
import { listing } from '../report/listing.ts';
import { colours, plain } from '../report/paint.ts';
import { runService } from '../service.ts';
import type { RawMail } from '../source/raw-mail.ts';
import { mboxSource } from '../source/mbox.ts';
import { factsOf } from '../store/facts.ts';
import { listSeries } from '../store/series.ts';
import { createLog } from '../util/log.ts';
import { drain } from '../worker.ts';
import { type Mailbox, openMailbox } from './mailbox.ts';
import { makeProject } from './project.ts';
import { demoConfig } from './settings.ts';

const DATA = resolve('patchloom-demo');
/** Mails come in as they came to the list: v1 and what was said of it, v2 and what was said of it, a patch of somebody else. */
const DAYS = [
  { mails: 7, what: 'Tuesday: v1 of a series of four patches, a Reviewed-by, a remark' },
  { mails: 8, what: 'Thursday: v2, two replies with tags, and one that must not count' },
  { mails: 1, what: 'Monday: a patch that was made on another tree' },
];

const paint = process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? colours : plain;
const say = (line = ''): void => console.log(line);
const title = (text: string): void => say(`\n${paint('strong', `== ${text}`)}`);

async function main(): Promise<void> {
  const serve = process.argv.includes('--serve');
  title('a small project in a bare git repository');
  await rm(DATA, { recursive: true, force: true });
  await makeProject(DATA);
  // Where config/demo.yaml looks for mail: what is appended here is read by the served demo.
  await writeFile(join(DATA, 'inbox.mbox'), '');
  say(`${relative('.', join(DATA, 'upstream.git'))}: minivisor, built and tested by sh and node`);
  const problem = await sandboxProblem();
  if (problem !== null) {
    say(problem);
    say("These patches are the demo's own, so it builds them WITHOUT a sandbox. A real project refuses to.");
  }
  await using mailbox = await openMailbox();
  const config = demoConfig(DATA, mailbox.port, problem === null ? 'bubblewrap' : 'none');
  {
    await using bot = await openBot(config, { log: createLog('warn'), serve: 'intake', observer: progressOf() });
    await playDays(bot);
    await printReports(mailbox);
    await printSeries(bot);
  }
  nextSteps(serve);
  if (!serve) return;
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort());
  await runService(
    { ...config, sources: [] },
    {
      log: createLog('warn'),
      signal: stop.signal,
      onReady: (url) => say(`\nthe page: ${url}  (Ctrl-C ends it)`),
    },
  );
}

/** The same path that mail takes in `patchloom serve`: stored, derived, mirrored, built, reported, sent. */
async function playDays(bot: Bot): Promise<void> {
  const mails: RawMail[] = [];
  for await (const mail of mboxSource(join(import.meta.dirname, 'demo.mbox')).read(null, new AbortController().signal))
    mails.push(mail);
  for (const { mails: count, what } of DAYS) {
    title(what);
    const summary = await messagesArrived(bot, mails.splice(0, count), { act: true });
    say(`${summary.added} mails stored, ${summary.completed.length} series complete`);
    await drain(bot, STAGES);
    await printMirrors(bot, summary.completed);
    while (await sendNext(bot));
  }
}

async function printMirrors(
  bot: Bot,
  completed: Awaited<ReturnType<typeof messagesArrived>>['completed'],
): Promise<void> {
  for (const { key } of completed) {
    const stored = (await listSeries(bot.store.db, { limit: 100 })).find((one) => one.series.key === key);
    const mirror = stored ? (await factsOf(bot.store.db, stored)).mirror : null;
    if (mirror?.state === 'applied')
      say(`${paint('good', 'applied')}  ${mirror.commits.length} commits on ${mirror.base?.name}: ${mirror.ref}`);
    else if (mirror) say(`${paint('bad', mirror.state)}  ${mirror.reason}`);
  }
}

function progressOf(): Observer {
  const interactive = process.stdout.isTTY;
  return {
    build: (_of, { patch, job, done, total }) => {
      if (interactive)
        process.stdout.write(`\r\u001b[Kbuilding patch ${patch.index}: ${job} (${done + 1} of ${total})`);
    },
    checked: (_of, { context, state, patch, summary }) => {
      if (interactive) process.stdout.write('\r\u001b[K');
      const number = /-(\d)-mira@/.exec(patch ?? '')?.[1];
      const which = number === undefined ? 'patch' : `patch ${Number(number) - 1}/4`;
      say(`${paint(state === 'fail' ? 'bad' : 'good', state.padEnd(8))} ${which}  ${context}: ${summary}`);
    },
  };
}

async function printReports({ mails }: Mailbox): Promise<void> {
  title(`${mails.length} reports came to the list`);
  for (const mail of mails) say(`${mail.toString('utf8').replaceAll('\r\n', '\n').trimEnd().replace(/^/gm, '  ')}\n`);
}

async function printSeries(bot: Bot): Promise<void> {
  title('the list of series');
  const facts = await Promise.all(
    (await listSeries(bot.store.db, { limit: 20 })).map((one) => factsOf(bot.store.db, one)),
  );
  say(listing(facts, bot.clock.now(), paint).trimEnd());
}

function nextSteps(serve: boolean): void {
  title('what to look at next');
  const data = relative('.', DATA);
  say(
    `npm run -s patchloom -- show pause --config config/demo.yaml --data ${data}    tags, with the reason why each counts`,
  );
  say(`npm run -s patchloom -- am cc95a8f7 --config config/demo.yaml --data ${data}    an mbox with all tags in place`);
  say(`git --git-dir ${data}/published.git log --graph --all --oneline`);
  if (!serve) say('npm run demo -- --serve                            the same with its web page');
}

await readFile(join(import.meta.dirname, 'demo.mbox')).then(main);
