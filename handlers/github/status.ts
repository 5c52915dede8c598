import type { Probot } from 'probot';
import type { Heard } from './heard.ts';

/** A commit has a status of another CI. */
export function onStatus(app: Probot, heard: Heard): void {
  app.on('status', ({ payload }) => heard(payload.repository.full_name, payload.sha));
}
