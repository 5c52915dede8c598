import type { TestContext } from 'node:test';
import type { Config } from '../../config/config.ts';
import type { Context } from '../../handlers/context.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { type Bot, LETTERS, openBot, STAGES } from '../../src/bot.ts';
import { saveMirror } from '../../src/store/mirrors.ts';
import { listOutgoing, type Outgoing } from '../../src/store/outbox.ts';
import { seriesByMsgid } from '../../src/store/series.ts';
import { silentLog } from '../../src/util/log.ts';
import { drain } from '../../src/worker.ts';
import { reportJob } from '../../handlers/report-job.ts';
import { enqueue } from '../../src/store/jobs.ts';
import type { MirrorResult } from '../../src/mirror/mirror.ts';
import { sampleMirror } from '../helpers/samples.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { BOT, LIST, speakingConfig } from '../sink/speaking-case.ts';

export const AUTHSERV = 'mx.lists.test';

/** A mail as a test thinks of it; `dkim` names the domain whose signature our server has verified. */
export interface MailOf {
  readonly from?: string;
  readonly to?: string;
  readonly id: string;
  readonly about?: string | undefined;
  readonly references?: string;
  readonly subject?: string;
  readonly dkim?: string | null;
  readonly headers?: string;
  readonly text: string;
}

export function mailOf(mail: MailOf): string {
  const { from = 'Ann Author <ann@example.org>', to = `${BOT}, ${LIST}`, id, about, dkim = null } = mail;
  const auth = dkim === null ? '' : `Authentication-Results: ${AUTHSERV}; dkim=pass (good) header.d=${dkim}\n`;
  const answers = about === undefined ? '' : `In-Reply-To: ${about}\nReferences: ${mail.references ?? about}\n`;
  const subject = mail.subject ?? 'Re: [PATCH] f1: two';
  return `${auth}From: ${from}\nTo: ${to}\nDate: Thu, 01 Jan 2026 02:00:00 +0000\nMessage-ID: ${id}\n${answers}Subject: ${subject}\n${mail.headers ?? ''}\n${mail.text}\n`;
}

/** A bot without a mail server: what it decides stays in its outbox, and is looked at there. */
export interface SpeakingBot {
  readonly bot: Bot;
  readonly config: Config;
  /** Takes mails in and works until nothing is left to do. */
  arrive(...mails: string[]): Promise<void>;
  /** The same for one mail, of which this is found out at its receipt. */
  arriveWith(verdict: string, mail: string): Promise<void>;
  /** Says that a series has been applied, or has not, and lets the bot report. */
  mirrored(msgid: string, mirror: MirrorResult): Promise<void>;
  /** All decided mails, oldest first. */
  said(): Promise<readonly Outgoing[]>;
}

export async function speakingBot(
  t: TestContext,
  change: Partial<Config['projects'][number]> = {},
  email = BOT,
): Promise<SpeakingBot> {
  const base = speakingConfig(tempDir(t), 1, change);
  const config = { ...base, bot: { ...base.bot, email, authserv: AUTHSERV, operator: 'op@lists.test' } };
  const bot = await openBot(config, { log: silentLog });
  t.after(() => bot[Symbol.asyncDispose]());
  const work = async (): Promise<void> => {
    await drain(bot, LETTERS);
    await drain(bot, { report: STAGES.report });
  };
  const arriveAt = async (context: Context, mails: readonly string[]): Promise<void> => {
    const arrivals = mails.map((mail) => ({ raw: Buffer.from(mail), label: 'test' }));
    await messagesArrived(context, arrivals, { act: true, longLater: true });
    await work();
  };
  return {
    bot,
    config,
    arrive: (...mails) => arriveAt(bot, mails),
    arriveWith: (verdict, mail) => arriveAt({ ...bot, dkim: async () => verdict }, [mail]),
    mirrored: async (msgid, mirror) => {
      const stored = await seriesByMsgid(bot.store.db, msgid);
      if (stored === null) throw new Error(`no series ${msgid}`);
      const { project, key } = stored.series;
      await bot.store.transaction(async (tx) => {
        await saveMirror(tx, { project, key }, mirror, bot.clock.now());
        await enqueue(tx, reportJob({ project, key }), bot.clock.now());
      });
      await work();
    },
    said: async () => (await listOutgoing(bot.store.db, { limit: 999 })).toReversed(),
  };
}

/** A series of one patch that does not apply. */
export function conflictOf(msgid: string, base = 'c'.repeat(40)): MirrorResult {
  const conflict = { index: 1, msgid, file: 'f', line: 1, detail: 'error: patch failed: f:1' };
  return sampleMirror(base, { state: 'conflict', ref: null, commits: [], conflict });
}
