import { openBot } from '../bot.ts';
import { pendingJobs } from '../store/jobs.ts';
import { countOutgoing } from '../store/outbox.ts';
import { storeStats, type StoreStats } from '../store/stats.ts';
import { silentLog } from '../util/log.ts';
import { type Command, print } from './command.ts';

/** `patchloom stats`: how large the store is, what makes it so, and what waits in it. */
export const statsCommand: Command = {
  name: 'stats',
  usage: '',
  summary: 'how large the store is, what makes it so, and what waits in it',
  words: [0, 0],
  async run(invocation) {
    const { terminal, json } = invocation;
    await using bot = await openBot(invocation.config(), { log: silentLog, readonly: true });
    const { db } = bot.store;
    const stats = await storeStats(bot.store);
    const [jobs, outbox] = [await pendingJobs(db), await countOutgoing(db)];
    if (json) {
      print(terminal, JSON.stringify({ ...stats, jobs, outbox }));
      return 0;
    }
    for (const line of linesOf(stats)) print(terminal, line);
    for (const { kind, state, count } of jobs) print(terminal, `job ${kind} ${state}: ${count}`);
    for (const { state, count } of outbox) print(terminal, `outgoing mail ${state}: ${count}`);
    return 0;
  },
};

function linesOf({ place, mails, mailBytes, bytes, free, tables }: StoreStats): readonly string[] {
  const each = mails === 0 ? '' : `, ${Math.round(bytes / mails).toLocaleString('en')} bytes a mail`;
  return [
    place,
    `${mails.toLocaleString('en')} mails of ${megabytes(mailBytes)}; the store takes ${megabytes(bytes)}${each}${free === null ? '' : `, ${megabytes(free)} of it free`}`,
    ...tables
      .filter(({ rows }) => rows > 0)
      .map(
        ({ table, rows, bytes: size }) =>
          `${table.padEnd(16)} ${rows.toLocaleString('en').padStart(12)} rows ${megabytes(size).padStart(12)}`,
      ),
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} MB`;
}
