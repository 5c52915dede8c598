import type { Probot } from 'probot';
import type { Heard } from './heard.ts';

/** A run has begun or ended. */
export function onWorkflowRun(app: Probot, heard: Heard): void {
  app.on('workflow_run', ({ payload }) => heard(payload.repository.full_name, payload.workflow_run.head_sha));
}
