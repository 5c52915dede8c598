import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join, resolve } from 'node:path';
import { PatchloomError } from '../util/errors.ts';
import type { ExecResult } from '../util/exec.ts';
import { runGit } from './git.ts';
import { gitWords, withoutCredentials } from './git-words.ts';
import { withScratch } from '../util/scratch.ts';

const MINUTE = 60_000;

/** What git, ssh and curl need of the operator's environment to reach a remote. Nothing else of it is passed on. */
const PASSED_ON = [
  'HOME',
  'USER',
  'SSH_AUTH_SOCK',
  'GIT_SSH_COMMAND',
  'GIT_ASKPASS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]),
];

const UNREACHABLE =
  /could not resolve|unable to access|unable to connect|unable to look up|connection (?:refused|timed out|reset|closed)|network is unreachable|could not read from remote|does not appear to be a git repository|repository .* (?:does not exist|not found)|permission denied|authentication failed|could not read (?:username|password)|early EOF|hung up unexpectedly|remote error|dubious ownership|invalid index-pack|transport '.*' not allowed/i;

const REFUSED = /atomic push failed|rejected|declined/i;

const MISSING_REF = /couldn't find remote ref|src refspec .* does not match any|does not exist in upstream/i;

/** An upstream as git takes it: a path becomes absolute, so that it means the same wherever git runs. */
export function remoteAddress(address: string): string {
  return isPath(address) ? resolve(address) : address;
}

/** True for a path on this machine; git's own rule: `host:path` and `scheme://` are not. */
export function isPath(address: string): boolean {
  return !/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(address) && !/^[^/]*:/.test(address);
}

/**
 * Runs a git command that talks to `address`; `parent` is an existing directory for files of a moment.
 * @returns what git printed, as latin1 text
 * @throws PatchloomError GIT_UNREACHABLE, GIT_REF_MISSING or GIT_FAILED; `doing` says what was tried (`cannot fetch from`)
 */
export async function talkToRemote(
  repository: string | null,
  parent: string,
  address: string,
  doing: string,
  args: readonly string[],
): Promise<string> {
  if (isPath(address) && !existsSync(address))
    throw new PatchloomError('GIT_UNREACHABLE', `${doing} ${address}: there is no such directory`);
  return withScratch(parent, async (scratch) => {
    const config = isPath(address) ? await writeConfig(scratch, address) : devNull;
    const result = await runGit(repository, args, { env: remoteEnvironment(config), timeout: 60 * MINUTE });
    if (result.code !== 0) throw remoteError(doing, address, result, [repository ?? parent, parent]);
    return result.stdout.toString('latin1');
  });
}

function remoteError(doing: string, address: string, result: ExecResult, hidden: readonly string[]): PatchloomError {
  const words = gitWords(result, hidden);
  const message = `${doing} ${withoutCredentials(address)}: ${words}`;
  if (MISSING_REF.test(words)) return new PatchloomError('GIT_REF_MISSING', message);
  // A remote that has said no hangs up as well.
  const unreachable = result.timedOut || (UNREACHABLE.test(words) && !REFUSED.test(words));
  return new PatchloomError(unreachable ? 'GIT_UNREACHABLE' : 'GIT_FAILED', message);
}

/**
 * git refuses a local repository of another user unless a config file says that it may be used. The operator named this one.
 * Settings on the command line do not reach the process at the other end.
 */
async function writeConfig(scratch: string, address: string): Promise<string> {
  const file = join(scratch, 'gitconfig');
  const quote = (path: string) => `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  await writeFile(file, `[safe]\n\tdirectory = ${quote(address)}\n\tdirectory = ${quote(join(address, '.git'))}\n`);
  return file;
}

function remoteEnvironment(config: string): Record<string, string> {
  const env: Record<string, string> = { GIT_SSH_COMMAND: 'ssh -o BatchMode=yes', GIT_CONFIG_GLOBAL: config };
  for (const name of PASSED_ON) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
