import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import type { SendPolicy } from '../../handlers/report-decided.ts';
import { reportJob } from '../../handlers/report-job.ts';
import { openBot } from '../../src/bot.ts';
import type { Sink } from '../../src/sink/sink.ts';
import { enqueue } from '../../src/store/jobs.ts';
import { saveMirror } from '../../src/store/mirrors.ts';
import { listSeries } from '../../src/store/series.ts';
import { silentLog } from '../../src/util/log.ts';
import { sampleMirror } from '../helpers/samples.ts';

export const LIST = 'dev@lists.test';
export const BOT = 'bot@lists.test';

/** Short times, so that a test need not wait; the list gets ten seconds to show a mail. */
export const POLICY: SendPolicy = {
  leaseMs: 500,
  firstRetryMs: 100,
  longestRetryMs: 1_000,
  giveUpMs: 3_600_000,
  lookMs: 10_000,
  switchMs: 50,
};

/** One live project on one list; `change` gives the project other settings. */
export function speakingConfig(data: string, port: number, change: Partial<Config['projects'][number]> = {}): Config {
  const base = loadConfig(presetPath('default'), {}, { data });
  const many = { total: 9_999, list: 9_999, author: 9_999, series: 9_999 };
  return {
    ...base,
    bot: { ...base.bot, name: 'patchloom', email: BOT },
    limits: { ...base.limits, actWithinDays: 36_500, mailsPerHour: many },
    smtp: { host: '127.0.0.1', port, security: 'none', user: null, password: null, dkim: null },
    projects: base.projects.slice(0, 1).map((project) => ({ ...project, lists: [LIST], mode: 'live', ...change })),
  };
}

/** A mail with one patch, sent to the list. */
export function patchMail(number: number): string {
  const diff = `diff --git a/f${number} b/f${number}\n--- a/f${number}\n+++ b/f${number}\n@@ -1 +1 @@\n-one\n+two\n`;
  return `From: Ann Author <ann@example.org>\nTo: ${LIST}\nDate: Thu, 01 Jan 2026 00:${String(number % 60).padStart(2, '0')}:00 +0000\nMessage-ID: <p${number}@example.org>\nSubject: [PATCH] f${number}: two\n\nBecause.\n\nSigned-off-by: Ann Author <ann@example.org>\n---\n${diff}`;
}

/** Puts `count` series into a store, none of which applies, each with a report that has still to be decided. @param from number of the first */
export async function storeConflicts(config: Config, count: number, from = 0): Promise<void> {
  await using bot = await openBot(config, { log: silentLog });
  const mails = Array.from({ length: count }, (_, number) => ({
    raw: Buffer.from(patchMail(from + number)),
    label: 'made',
  }));
  await messagesArrived(bot, mails, { act: false });
  for (const { series } of await listSeries(bot.store.db, { limit: count })) {
    const { project, key, msgid } = series;
    const conflict = { index: 1, msgid, file: 'f', line: 1, detail: 'error: patch failed: f:1' };
    const mirror = sampleMirror('c'.repeat(40), { state: 'conflict', ref: null, commits: [], conflict });
    await bot.store.transaction(async (tx) => {
      await saveMirror(tx, { project, key }, mirror, 1);
      await enqueue(tx, reportJob({ project, key }), bot.clock.now());
    });
  }
}

/** A sink that takes everything, and the texts that it took. */
export function recorder(): Sink & { readonly taken: string[] } {
  const taken: string[] = [];
  return {
    name: 'recorder',
    taken,
    send: async ({ msgid }) => {
      taken.push(msgid);
      return { kind: 'sent', response: '250 ok' };
    },
    verify: async () => {},
    close: () => {},
  };
}
