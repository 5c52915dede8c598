import type { Probot } from 'probot';
import { hear, type Heard } from './heard.ts';

/** All checks of a commit have ended, or are asked for again. */
export function onCheckSuite(app: Probot, heard: Heard): void {
  app.on('check_suite', ({ payload }) => hear(heard, payload, ['check_suite', 'head_sha']));
}
