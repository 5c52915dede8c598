import type { Probot } from 'probot';
import { onCheckRun } from './check-run.ts';
import { onCheckSuite } from './check-suite.ts';
import type { Heard } from './heard.ts';
import { onInstallation } from './installation.ts';
import { onPing } from './ping.ts';
import { onPush } from './push.ts';
import { onStatus } from './status.ts';
import { onWorkflowJob } from './workflow-job.ts';
import { onWorkflowRun } from './workflow-run.ts';

/** Everything that the App listens to; app.yml asks GitHub for the same events. */
export function listenTo(heard: Heard): (app: Probot) => void {
  return (app) => {
    for (const listen of [onPush, onCheckRun, onCheckSuite, onWorkflowRun, onWorkflowJob, onStatus]) listen(app, heard);
    onPing(app);
    onInstallation(app);
  };
}
