import type { Probot } from 'probot';
import { hear, type Heard } from './heard.ts';

/** A check of another app has begun or ended. */
export function onCheckRun(app: Probot, heard: Heard): void {
  app.on('check_run', ({ payload }) => hear(heard, payload, ['check_run', 'head_sha']));
}
