import { createLog } from '../util/log.ts';
import { runService } from '../service.ts';
import { type Command } from './command.ts';

/** `patchloom serve`: sources, workers, sender and web page until SIGINT or SIGTERM. */
export const serveCommand: Command = {
  name: 'serve',
  usage: '',
  summary: 'the bot: sources, workers, web, webhooks',
  words: [0, 0],
  async run(invocation) {
    const config = invocation.config();
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
      await runService(config, log, stop.signal);
    } finally {
      process.removeListener('SIGINT', onSignal).removeListener('SIGTERM', onSignal);
    }
    return 0;
  },
};
