import { listen } from '../../config/values.ts';
import { createLog } from '../util/log.ts';
import { type Role, ROLES } from '../roles.ts';
import { PatchloomError } from '../util/errors.ts';
import type { ListenAt } from '../web/listen.ts';
import type { Command, Invocation } from './command.ts';

/** `patchloom serve`: sources, workers, sender and web page until SIGINT or SIGTERM. */
export const serveCommand: Command = {
  name: 'serve',
  usage: '[--role ROLE] [--metrics HOST:PORT]',
  summary: `the bot: sources, workers, web, webhooks; or one part of it: ${ROLES.slice(1).join(', ')}`,
  details:
    '--metrics: where a process without pages (intake, worker) answers /metrics, /healthz and /readyz; one with pages does at web.listen',
  options: { role: { type: 'string' }, metrics: { type: 'string' } },
  words: [0, 0],
  async run(invocation) {
    const role = roleOf(invocation);
    const metricsAt = metricsOf(invocation);
    const config = invocation.config();
    if (metricsAt !== null && config.web !== null && (role === 'all' || role === 'web'))
      throw new PatchloomError(
        'USAGE',
        'serve: --metrics is for a process without pages; this one tells them at web.listen',
      );
    const log = createLog(config.log.level);
    const stop = new AbortController();
    // The first signal ends in order; whoever sends a second one means it.
    const onSignal = (signal: NodeJS.Signals): void => {
      if (stop.signal.aborted) process.exit(1);
      log.info({ signal }, 'stopping');
      stop.abort();
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    try {
      // Only here: the web and the forges are many modules, and every other command would wait for them.
      const { runService } = await import('../service.ts');
      await runService(config, { log, signal: stop.signal, role, metricsAt });
    } finally {
      process.removeListener('SIGINT', onSignal).removeListener('SIGTERM', onSignal);
    }
    return 0;
  },
};

function roleOf({ options }: Invocation): Role {
  const asked = options['role'] ?? 'all';
  const role = ROLES.find((one) => one === asked);
  if (role !== undefined) return role;
  throw new PatchloomError('USAGE', `serve: there is no role "${String(asked)}"; there are ${ROLES.join(', ')}`);
}

function metricsOf({ options }: Invocation): ListenAt | null {
  const asked = options['metrics'];
  if (asked === undefined) return null;
  const read = listen().safeParse(asked);
  if (read.success) return read.data;
  throw new PatchloomError('USAGE', `serve: --metrics ${String(asked)}: give HOST:PORT`);
}
