import type { Probot } from 'probot';
import { hear, type Heard } from './heard.ts';

/** A run has begun or ended. */
export function onWorkflowRun(app: Probot, heard: Heard): void {
  app.on('workflow_run', ({ payload }) => hear(heard, payload, ['workflow_run', 'head_sha']));
}
