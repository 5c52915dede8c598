import type { Probot } from 'probot';
import { hear, type Heard } from './heard.ts';

/** A commit has a status of another CI. */
export function onStatus(app: Probot, heard: Heard): void {
  app.on('status', ({ payload }) => hear(heard, payload, ['sha']));
}
