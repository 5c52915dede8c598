import { join } from 'node:path';
import { removeDeadLogs } from '../src/ci/live-log.ts';
import { trimFolder } from '../src/ci/trim.ts';
import type { Context } from './context.ts';

/** Removes logs and artifacts of builds that are old, or for which there is no more room, and what runs that were killed have left. */
export async function tidyLogs({ config, clock, log }: Context): Promise<void> {
  await removeDeadLogs(config.data);
  const { logsFor, logsSize } = config.limits;
  const rules = { before: clock.now() - logsFor * 1000, mostBytes: logsSize };
  const removed = await trimFolder(join(config.data, 'logs'), rules);
  if (removed > 0) log.info({ removed }, 'old logs and artifacts of builds removed');
}
