import type { Probot } from 'probot';
import { hear, type Heard } from './heard.ts';

/** A job of a run has begun or ended. */
export function onWorkflowJob(app: Probot, heard: Heard): void {
  app.on('workflow_job', ({ payload }) => hear(heard, payload, ['workflow_job', 'head_sha']));
}
