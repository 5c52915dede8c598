import type { Probot } from 'probot';

/** The App was installed on a repository, or taken away: for the log, because runs fail without it. */
export function onInstallation(app: Probot): void {
  app.on('installation', ({ payload, log }) =>
    log.info(`the App is ${payload.action} for ${accountOf(payload.installation?.account)}`),
  );
}

function accountOf(account: unknown): string {
  return typeof account === 'object' && account !== null && 'login' in account
    ? String(account.login).slice(0, 100)
    : 'an unknown account';
}
