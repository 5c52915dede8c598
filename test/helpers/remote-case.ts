import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { type Bot, STAGES } from '../../src/bot.ts';
import { buildRunOf } from '../../src/store/build-runs.ts';
import { checksOf } from '../../src/store/checks.ts';
import { drain } from '../../src/worker.ts';
import { type BuildCase, buildCase, newest } from './build-bot.ts';
import { gitRepo } from './git-repo.ts';

/** A clock that a test moves. */
export interface TestClock {
  time: number;
  now(): number;
}

/** A bot whose builds run elsewhere, with a series of two patches: commits are pushed to a repository on this disk, and time is the test's. */
export interface RemoteCase {
  readonly its: BuildCase;
  readonly bot: Bot;
  readonly clock: TestClock;
  /** Commits that were pushed to the CI's repository. */
  readonly pushed: () => readonly string[];
  /** Somebody else makes the branch of a pushed commit another one. */
  moveBranch(commit: string): void;
  /** Push options of the last push. */
  readonly options: () => readonly string[];
  /** Whether a commit is one of the series, not the base. */
  readonly isPatch: (commit: string) => boolean;
  /** Works, lets the CI do its part, and an hour pass, until the run has ended. Gives the checks as one line each. */
  follow(step: () => void): Promise<readonly string[]>;
}

/** `runner` gives the project's `build.runner` for a path to push to, `top` the account's section. */
export async function remoteCase(
  t: TestContext,
  runner: (push: string) => string,
  top: string,
  more = '',
): Promise<RemoteCase> {
  const clock: TestClock = { time: Date.now(), now: () => clock.time };
  const git = await gitRepo();
  t.after(() => git[Symbol.asyncDispose]());
  git.commit({ readme: 'ci\n' }, 'ci');
  const push = git.bare();
  git.git('--git-dir', push, 'config', 'receive.advertisePushOptions', 'true');
  const told = git.beside('options');
  const hook = join(push, 'hooks', 'pre-receive');
  mkdirSync(join(push, 'hooks'), { recursive: true });
  writeFileSync(hook, `#!/bin/sh\nenv | sed -n 's/^GIT_PUSH_OPTION_[0-9]*=//p' > ${told}\n`);
  chmodSync(hook, 0o755);
  const its = await buildCase(t, { 'a.c': '0\n' }, `      gate: always\n      runner: ${runner(push)}\n${more}`, top);
  const bot = await its.open(clock);
  const mails = its.series('hello', [{ 'a.c': '1\n' }, { 'a.c': '2\n' }]);
  await messagesArrived(
    bot,
    mails.map((raw) => ({ raw, label: 't' })),
    { act: true },
  );
  const pushed = () =>
    git
      .git('--git-dir', push, 'for-each-ref', '--format=%(objectname)', 'refs/heads/patchloom-ci')
      .split('\n')
      .filter(Boolean);
  const moveBranch = (commit: string) =>
    void git.git('push', '--quiet', '--force', push, `HEAD:refs/heads/patchloom-ci/${commit}`);
  const follow = async (step: () => void): Promise<readonly string[]> => {
    for (let rounds = 0; rounds < 30; rounds++) {
      await drain(bot, STAGES);
      const { series } = await newest(bot);
      if ((await buildRunOf(bot.store.db, 'hello', series.key))?.state === 'ended') break;
      step();
      clock.time += 3_600_000;
    }
    return lines(bot);
  };
  const base = its.repo.git('rev-parse', 'main');
  const options = () => readFileSync(told, 'utf8').split('\n').filter(Boolean);
  return { its, bot, clock, pushed, moveBranch, options, follow, isPatch: (commit) => commit !== base };
}

/** The checks of the newest series: patch, job, state, judgement, what was found. */
export async function lines(bot: Bot): Promise<readonly string[]> {
  const { series } = await newest(bot);
  const index = new Map(series.patches.map((patch) => [patch.msgid, patch.index]));
  const checks = await checksOf(bot.store.db, 'hello', series.key);
  return checks
    .map((one) => {
      const found = (one.findings ?? []).map(({ file, line, text }) => `${file}:${line}: ${text}`).join('; ');
      return `${index.get(one.patch ?? '')} ${one.context} ${one.state}${one.judged ? ` ${one.judged.as}` : ''}${found === '' ? '' : ` ${found}`}`;
    })
    .sort();
}
