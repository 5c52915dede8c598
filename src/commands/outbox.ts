import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { whySendingStops } from '../../handlers/stop-sending.ts';
import { openBot } from '../bot.ts';
import { renderMessage } from '../mail/render.ts';
import { oneLine, pad } from '../report/text.ts';
import { STOP_FILE } from '../sink/rate.ts';
import { freeBrake, pullBrake } from '../store/brake.ts';
import { approve, drop, listOutgoing, type Outgoing, outgoingByMsgid, type OutgoingState } from '../store/outbox.ts';
import { newToken } from '../web/tokens.ts';
import { PatchloomError } from '../util/errors.ts';
import { silentLog } from '../util/log.ts';
import { type Command, type Invocation, print, tell } from './command.ts';
import { asMsgid } from './find.ts';
import { optIn, optOut, wishes } from './outbox-wishes.ts';

const STATES: readonly OutgoingState[] = ['shadow', 'waiting', 'queued', 'sending', 'sent', 'failed', 'dropped'];

const ACTIONS: Readonly<Record<string, (invocation: Invocation) => Promise<number>>> = {
  list,
  show,
  approve: yes,
  reject: no,
  wishes,
  'opt-out': optOut,
  'opt-in': optIn,
  token,
  stop: async (invocation) => setSwitch(invocation, true),
  go: async (invocation) => setSwitch(invocation, false),
};

/** `patchloom outbox`: what was decided, a person's yes or no to it, and the switch that stops all sending. */
export const outboxCommand: Command = {
  name: 'outbox',
  usage:
    '[list|show MSGID|approve MSGID...|reject MSGID [REASON]|wishes|opt-out [ADDRESS|ID]|opt-in [ADDRESS|ID]|token|stop|go] [--state STATE]',
  summary: 'mails that were decided: look, say yes or no, stop all sending',
  options: { state: { type: 'string' } },
  words: [0, 50],
  async run(invocation) {
    const [name = 'list'] = invocation.words;
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (!action) throw new PatchloomError('USAGE', `outbox: "${name}" is none of ${Object.keys(ACTIONS).join(', ')}`);
    return action(invocation);
  },
};

async function list(invocation: Invocation): Promise<number> {
  const { terminal, json, project } = invocation;
  const state = invocation.options['state'];
  const wanted = STATES.find((one) => one === state);
  if (state !== undefined && wanted === undefined)
    throw new PatchloomError('USAGE', `outbox: --state is one of ${STATES.join(', ')}`);
  await using bot = await openBot(invocation.config(), { log: silentLog, readonly: true });
  const query = { ...(project === null ? {} : { project }), ...(wanted === undefined ? {} : { state: wanted }) };
  for (const one of (await listOutgoing(bot.store.db, { ...query, limit: 10_000 })).toReversed()) {
    if (json) print(terminal, JSON.stringify(one));
    else print(terminal, lineOf(one));
  }
  return 0;
}

function lineOf({ state, outcome, message, error, bounce, doubtful }: Outgoing): string {
  const notes = [doubtful ? 'may have arrived' : '', error ?? '', bounce === null ? '' : `came back: ${bounce}`];
  const note = notes.filter((one) => one !== '').join('; ');
  const head = `${pad(state, 8)} ${pad(oneLine(outcome, 30), 30)} ${message.msgid} ${oneLine(message.subject, 60)}`;
  return note === '' ? head : `${head}\n         ${oneLine(note, 200)}`;
}

async function show(invocation: Invocation): Promise<number> {
  await using bot = await openBot(invocation.config(), { log: silentLog, readonly: true });
  const msgid = msgidOf(invocation);
  const found = await outgoingByMsgid(bot.store.db, msgid);
  if (found === null) throw new PatchloomError('NOT_FOUND', `the outbox has no mail ${msgid}`);
  if (invocation.json) print(invocation.terminal, JSON.stringify(found));
  else invocation.terminal.stdout.write(await renderMessage(found.message));
  return 0;
}

async function yes(invocation: Invocation): Promise<number> {
  await using bot = await openBot(invocation.config(), { log: silentLog });
  let code = 0;
  msgidOf(invocation);
  for (const word of invocation.words.slice(1)) {
    const msgid = asMsgid(word);
    const done = await bot.store.transaction((tx) => approve(tx, msgid, bot.clock.now()));
    if (!done) code = 1;
    tell(invocation, { msgid, approved: done }, done ? `${msgid} will be sent` : `${msgid} does not wait for a yes`);
  }
  return code;
}

async function no(invocation: Invocation): Promise<number> {
  await using bot = await openBot(invocation.config(), { log: silentLog });
  const msgid = msgidOf(invocation);
  const reason = invocation.words.slice(2).join(' ') || 'rejected by a person';
  const done = await bot.store.transaction((tx) => drop(tx, msgid, reason));
  const words = done ? `${msgid} will not be sent` : `${msgid} is not waiting: it was sent, or never was to be`;
  tell(invocation, { msgid, rejected: done }, words);
  return done ? 0 : 1;
}

/** A new token, for the moderation page or for the APIs: shown once, and kept nowhere. */
async function token({ terminal, json }: Invocation): Promise<number> {
  const made = newToken();
  if (json) print(terminal, JSON.stringify(made));
  else
    print(
      terminal,
      `token: ${made.token}\nKeep it, and write one of these into the configuration:\n\nweb:\n  operator: "${made.kept}"\n  tokens: [{name: NAME, email: ADDRESS, may: [checks], hash: "${made.kept}"}]`,
    );
  return 0;
}

/** A file, so that it also holds where the store is locked, and can be set with `touch`; in the store as well where other machines may be the ones that send. */
async function setSwitch(invocation: Invocation, stop: boolean): Promise<number> {
  const config = invocation.config();
  const file = join(config.data, STOP_FILE);
  mkdirSync(config.data, { recursive: true });
  if (stop) writeFileSync(file, '');
  else if (existsSync(file)) rmSync(file);
  const still = config.database === null ? null : await setBrake(config, stop);
  const go = still === null ? 'mail is sent again' : `still nothing is sent: ${still}`;
  const words = stop ? `nothing is sent any more; "patchloom outbox go" ends that (${file})` : go;
  tell(invocation, { stopped: stop || still !== null, file }, words);
  return stop || still === null ? 0 : 1;
}

/** @returns why nothing is sent now, if so */
async function setBrake(config: Config, stop: boolean): Promise<string | null> {
  await using bot = await openBot(config, { log: silentLog });
  await bot.store.transaction((tx) => (stop ? pullBrake(tx, bot.clock.now()) : freeBrake(tx)));
  return await whySendingStops(config, bot.store);
}

function msgidOf({ words }: Invocation): string {
  const word = words[1];
  if (word === undefined) throw new PatchloomError('USAGE', `outbox ${words[0] ?? ''}: give the Message-ID`);
  return asMsgid(word);
}
