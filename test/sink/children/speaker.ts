import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../../handlers/context.ts';
import { sendNext } from '../../../handlers/report-decided.ts';
import { openBot, STAGES } from '../../../src/bot.ts';
import { takeIn } from '../../../src/intake.ts';
import { maildirSource } from '../../../src/source/maildir.ts';
import type { Tx } from '../../../src/store/schema.ts';
import { listOutgoing } from '../../../src/store/outbox.ts';
import { pendingJobs } from '../../../src/store/jobs.ts';
import { silentLog } from '../../../src/util/log.ts';
import { drain } from '../../../src/worker.ts';
import { POLICY, speakingConfig } from '../speaking-case.ts';

/**
 * The part of the bot that speaks: decides one report, sends what is due, reads the list's mail, and so on until nothing is left.
 * Arguments: data directory, SMTP port, Maildir, and where in all this it is to die by SIGKILL (a phase and the end of which of its
 * transactions, as `decide 2 before`; or `send answer`), if anywhere.
 */
const [data = '', port = '0', maildir = '', dieAt = ''] = process.argv.slice(2);
let phase = 'start';
let transactions = 0;
let read = 0;

function die(): void {
  writeSync(1, `dies at ${dieAt}\n`);
  process.kill(process.pid, 'SIGKILL');
}

const signal = new AbortController().signal;
const bot = await openBot(speakingConfig(data, Number(port)), { log: silentLog, serve: 'intake', readAt: () => read });
const context: Context = {
  ...bot,
  store: {
    ...bot.store,
    transaction: async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
      const name = `${phase} ${(transactions += 1)}`;
      const result = await bot.store.transaction(async (tx) => {
        const value = await work(tx);
        if (dieAt === `${name} before`) die();
        return value;
      });
      if (dieAt === `${name} after`) die();
      return result;
    },
  },
  sink: {
    name: 'list',
    verify: async () => {},
    close: () => {},
    send: async (message, stop) => {
      const result = await bot.sink?.send(message, stop);
      if (dieAt === 'send answer') die();
      return result ?? { kind: 'retry', reason: 'no sink' };
    },
  },
};

async function within<T>(name: string, work: () => Promise<T>): Promise<T> {
  phase = name;
  transactions = 0;
  return work();
}

writeSync(1, 'ready\n');
for (;;) {
  const decided = await within('decide', () => drain(context, { report: STAGES.report }));
  const tried = await within('send', () => sendNext(context, POLICY));
  const started = Date.now();
  await within('intake', () => takeIn(context, maildirSource(maildir, 'list'), { act: false, signal }));
  read = started;
  const open = (await listOutgoing(bot.store.db, { limit: 10_000 })).filter(({ state }) => state !== 'sent');
  if (open.length === 0 && (await pendingJobs(bot.store.db)).length === 0) break;
  // Who waits for the list leaves the machine to the others.
  await sleep(decided > 0 || tried ? 5 : 50);
}
writeSync(1, 'done\n');
await bot[Symbol.asyncDispose]();
