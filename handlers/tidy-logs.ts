import { join } from 'node:path';
import { trimFolder } from '../src/ci/trim.ts';
import type { Context } from './context.ts';

/** Removes logs and artifacts of builds that are old, or for which there is no more room. */
export async function tidyLogs({ config, clock, log }: Context): Promise<void> {
  const { logsFor, logsSize } = config.limits;
  const rules = { before: clock.now() - logsFor * 1000, mostBytes: logsSize };
  const removed = await trimFolder(join(config.data, 'logs'), rules);
  if (removed > 0) log.info({ removed }, 'old logs and artifacts of builds removed');
}
