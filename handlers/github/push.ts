import type { Probot } from 'probot';
import { hear, type Heard } from './heard.ts';

/** A commit was pushed: its run may have begun. */
export function onPush(app: Probot, heard: Heard): void {
  app.on('push', ({ payload }) => hear(heard, payload, ['after']));
}
