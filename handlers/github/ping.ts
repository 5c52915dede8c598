import type { Probot } from 'probot';

/** GitHub asks whether anybody is there, when the webhook is set up. */
export function onPing(app: Probot): void {
  app.on('ping', ({ log }) => log.info('GitHub reaches the webhook'));
}
