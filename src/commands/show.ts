import { openGate } from '../../handlers/mirror-published.ts';
import { landingViews } from '../../handlers/queue.ts';
import { openBot, type Bot } from '../bot.ts';
import { landingLines } from '../report/landing.ts';
import { colours, plain } from '../report/paint.ts';
import { showChange } from '../report/show.ts';
import { seriesView } from '../report/view.ts';
import { factsOf } from '../store/facts.ts';
import { copiesOf, digestOf } from '../store/messages.ts';
import { outgoingOf } from '../store/outbox.ts';
import { dispositionOf, seriesByMsgid } from '../store/series.ts';
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
    if (disposition !== null) await showMail(invocation, bot, msgid);
    if (disposition !== null && !isPatch) return 0;
    const versions = await findVersions(bot.store.db, word, invocation.project);
    if (versions.length === 0 && disposition === null)
      throw new PatchloomError('NOT_FOUND', `no change or mail "${word}" is known`);
    if (disposition !== null && invocation.json) return 0;
    await showVersions(invocation, bot, versions);
    return 0;
  },
};

async function showVersions(
  invocation: Invocation,
  bot: Bot,
  versions: Awaited<ReturnType<typeof findVersions>>,
): Promise<void> {
  const { terminal, json } = invocation;
  const facts = await Promise.all(versions.map((stored) => factsOf(bot.store.db, stored)));
  const newest = versions.at(-1);
  const upstream = await Promise.all(versions.map((stored) => landingViews(bot, stored)));
  if (json) {
    const [first] = versions;
    const shown = facts.map((one, at) => ({ ...seriesView(one), upstream: upstream[at] ?? [] }));
    print(terminal, JSON.stringify({ change: first?.series.change, project: first?.series.project, versions: shown }));
    return;
  }
  terminal.stdout.write(showChange(facts, bot.clock.now(), terminal.colour ? colours : plain));
  if (!newest) return;
  const landed = upstream.findLastIndex((one) => one.length > 0);
  const lines = landingLines(upstream[landed] ?? [], versions[landed]?.series.patches.length ?? 0);
  if (lines.length > 0) print(terminal, `\nv${versions[landed]?.series.version ?? 0} ${lines.join('\n')}`);
  const gate = openGate(bot, newest, facts.at(-1)?.mirror ?? null, false);
  print(terminal, `\nbuild   ${gate.run ? 'runs' : 'does not run'}: ${gate.reason}`);
  for (const { series } of versions) {
    for (const { outcome, state, message } of await outgoingOf(bot.store.db, series.project, series.key)) {
      print(terminal, `report  v${series.version} ${outcome}: ${state}, ${message.msgid}`);
    }
  }
}

async function showMail(invocation: Invocation, bot: Bot, msgid: string): Promise<void> {
  const { terminal, json } = invocation;
  const disposition = await dispositionOf(bot.store.db, msgid);
  const copies = await copiesOf(bot.store.db, msgid);
  const digest = await digestOf(bot.store.db, msgid);
  if (disposition === null || digest === null) return;
  if (json) {
    const said = digest.remarks.map(({ kind, name, email, line }) => ({ kind, name, email, line }));
    const { subject, from, date } = digest.entry;
    print(terminal, JSON.stringify({ subject, from, date, ...disposition, remarks: said, copies }));
    return;
  }
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
