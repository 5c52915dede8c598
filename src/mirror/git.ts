import { devNull } from 'node:os';
import { PatchloomError } from '../util/errors.ts';
import { type ExecResult, exec } from '../util/exec.ts';
import { gitWords } from './git-words.ts';

export interface GitOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** The same answers on every machine: no user's or system's settings, no hooks, no questions, English words. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  TZ: 'UTC',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: devNull,
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_CEILING_DIRECTORIES: '/',
  GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
};

const SETTINGS = [
  `core.hooksPath=${devNull}`,
  `core.attributesFile=${devNull}`,
  `core.excludesFile=${devNull}`,
  'core.fsmonitor=false',
  // Names that are `.git` to other file systems are refused here, too.
  'core.protectHFS=true',
  'core.protectNTFS=true',
  // A ref must not outlive a power cut that its objects did not.
  'core.fsync=committed,reference',
  'gc.autoDetach=false',
  'advice.detachedHead=false',
];

const SETTING_ARGUMENTS: readonly string[] = SETTINGS.flatMap((setting) => ['-c', setting]);

/** The arguments that every call starts with, before the command. */
export function gitArguments(repository: string | null): readonly string[] {
  return [...SETTING_ARGUMENTS, ...(repository === null ? [] : [`--git-dir=${repository}`])];
}

/** The environment of every call. */
export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...ENVIRONMENT, ...extra };
}

/**
 * Runs git on a bare repository (null: on none). A failing exit code is a result.
 * Callers put nothing from mail into `args`, unless they have checked its every character.
 * @throws PatchloomError GIT_FAILED where git could not be started
 */
export async function runGit(
  repository: string | null,
  args: readonly string[],
  options: GitOptions = {},
): Promise<ExecResult> {
  return runProgram('git', [...gitArguments(repository), ...args], options);
}

/** As `runGit`, for a program that starts git in its turn. */
export async function runProgram(file: string, args: readonly string[], options: GitOptions): Promise<ExecResult> {
  try {
    return await exec(file, args, { cwd: '/', ...options, env: gitEnvironment(options.env) });
  } catch (error) {
    throw new PatchloomError('GIT_FAILED', 'git could not be started: is it installed?', { cause: error });
  }
}

/**
 * Standard output of a git command that has to succeed, without the newline at its end.
 * @throws PatchloomError GIT_FAILED with git's words
 */
export async function gitText(repository: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  const result = await runGit(repository, args, options);
  if (result.code !== 0) throw gitFailed(repository, args[0] ?? '', result);
  return result.stdout.toString('utf8').replace(/\n$/, '');
}

/** The error for a local git command that failed. */
export function gitFailed(repository: string, command: string, result: ExecResult): PatchloomError {
  return new PatchloomError('GIT_FAILED', `git ${command} failed: ${gitWords(result, [repository])}`);
}
