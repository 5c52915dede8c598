import { projectOf } from '../../handlers/context.ts';
import { hasBuilds, openGate } from '../../handlers/mirror-published.ts';
import { landingViews } from '../../handlers/queue.ts';
import { liveFolder } from '../ci/live-log.ts';
import { liveNow } from '../ci/live-reader.ts';
import { changeView, mailView, wishesOn } from '../../handlers/views.ts';
import { openBot, type Bot } from '../bot.ts';
import { landingLines } from '../report/landing.ts';
import { colours, plain } from '../report/paint.ts';
import { showChange } from '../report/show.ts';
import { oneLine } from '../report/text.ts';
import type { MirrorResult } from '../mirror/mirror.ts';
import { buildRunOf } from '../store/build-runs.ts';
import { factsOf } from '../store/facts.ts';
import type { Disposition } from '../series/series.ts';
import { copiesOf, digestOf } from '../store/messages.ts';
import { outgoingOf } from '../store/outbox.ts';
import { dispositionOf, seriesByMsgid, type StoredSeries } from '../store/series.ts';
import { PatchloomError } from '../util/errors.ts';
import { silentLog } from '../util/log.ts';
import { type Command, type Invocation, print } from './command.ts';
import { asMsgid, findVersions } from './find.ts';

/** `patchloom show`: a change with all its versions, or where one mail ended and why. */
export const showCommand: Command = {
  name: 'show',
  usage: 'ID|MSGID',
  summary: 'show one change with all it has, or where one mail ended and why',
  words: [1, 1],
  async run(invocation) {
    await using bot = await openBot(invocation.config(), { log: silentLog, readonly: true });
    const word = invocation.words[0] ?? '';
    const msgid = asMsgid(word);
    const disposition = await dispositionOf(bot.store.db, msgid);
    const isPatch = (await seriesByMsgid(bot.store.db, msgid)) !== null;
    const versions = disposition !== null && !isPatch ? [] : await findVersions(bot.store.db, word, invocation.project);
    if (versions.length === 0 && disposition === null)
      throw new PatchloomError('NOT_FOUND', `no change or mail "${word}" is known`);
    if (invocation.json) {
      const mail = disposition === null ? {} : await mailView(bot.store.db, disposition);
      const change = versions.length === 0 ? {} : await changeView(bot, versions);
      print(invocation.terminal, JSON.stringify({ ...mail, ...change }));
      return 0;
    }
    if (disposition !== null) await showMail(invocation, bot, disposition);
    if (versions.length > 0) await showVersions(invocation, bot, versions);
    return 0;
  },
};

const LIVE_LINES = 10;

type Versions = Awaited<ReturnType<typeof findVersions>>;

async function showVersions(invocation: Invocation, bot: Bot, versions: Versions): Promise<void> {
  const { terminal } = invocation;
  const facts = await Promise.all(versions.map((stored) => factsOf(bot.store.db, stored)));
  const newest = versions.at(-1);
  const upstream = await Promise.all(versions.map((stored) => landingViews(bot, stored)));
  terminal.stdout.write(showChange(facts, bot.clock.now(), terminal.colour ? colours : plain));
  if (!newest) return;
  const landed = upstream.findLastIndex((one) => one.length > 0);
  const lines = landingLines(upstream[landed] ?? [], versions[landed]?.series.patches.length ?? 0);
  if (lines.length > 0) print(terminal, `\nv${versions[landed]?.series.version ?? 0} ${lines.join('\n')}`);
  print(terminal, `\nbuild   ${await buildWords(bot, newest, facts.at(-1)?.mirror ?? null)}`);
  for (const line of await liveLines(bot, newest)) print(terminal, line);
  for (const { series } of versions) {
    for (const { outcome, state, message } of await outgoingOf(bot.store.db, series.project, series.key)) {
      print(terminal, `report  v${series.version} ${outcome}: ${state}, ${message.msgid}`);
    }
  }
  for (const { kind, scope, by, at } of await wishesOn(bot.store.db, newest))
    print(
      terminal,
      `silent  ${kind} for this ${scope}, by ${oneLine(by)}, since ${new Date(at).toISOString().slice(0, 10)}`,
    );
}

/** What runs now, and the last lines that it has printed. */
async function liveLines({ config }: Bot, { series }: StoredSeries): Promise<readonly string[]> {
  const now = await liveNow(liveFolder(config.data, series), LIVE_LINES);
  if (now === null) return [];
  const { patch, job, done, total } = now.step;
  const head = `now     ${patch === 0 ? 'the base' : `patch ${patch}`}, job ${job}; ${done} of ${total} checks done`;
  return [head, ...now.lines.map((line) => `        | ${line}`)];
}

/** Why a run did or did not start: what the gate has said, or would say now. */
async function buildWords(bot: Bot, { series, ...rest }: StoredSeries, mirror: MirrorResult | null): Promise<string> {
  if (!hasBuilds(projectOf(bot, series.project))) return 'none: no build-test is set up';
  const known = await buildRunOf(bot.store.db, series.project, series.key);
  if (known !== null && known.state !== 'waiting') return `${known.state}: ${known.reason}`;
  const gate = await openGate(bot, { series, ...rest }, mirror);
  if (gate.run) return `runs: ${gate.reason}`;
  // What the author's own pipeline says was found out when the gate was asked; all else is known now.
  const rules = projectOf(bot, series.project).build.gate;
  const asked = typeof rules === 'object' && rules.pipeline !== undefined ? known : null;
  return `does not run: ${asked?.reason ?? gate.reason}`;
}

async function showMail({ terminal }: Invocation, bot: Bot, disposition: Disposition): Promise<void> {
  const copies = await copiesOf(bot.store.db, disposition.msgid);
  const digest = await digestOf(bot.store.db, disposition.msgid);
  if (digest === null) return;
  print(terminal, digest.entry.subject);
  print(terminal, `from    ${digest.entry.from.name} <${digest.entry.from.email}>, ${digest.entry.date}`);
  print(
    terminal,
    `is      ${disposition.kind}${disposition.project === null ? '' : ` of project ${disposition.project}`}`,
  );
  print(terminal, `because ${disposition.reason}`);
  for (const remark of digest.remarks) print(terminal, `says    ${remark.line.trim()}`);
  for (const copy of copies) print(terminal, `copy    ${copy.source}${copy.chosen ? '' : ' (another copy is used)'}`);
  print(terminal, '');
}
