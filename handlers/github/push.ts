import type { Probot } from 'probot';
import type { Heard } from './heard.ts';

/** A commit was pushed: its run may have begun. */
export function onPush(app: Probot, heard: Heard): void {
  app.on('push', ({ payload }) => heard(payload.repository.full_name, payload.after));
}
