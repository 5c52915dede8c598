import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What a file holds: text, bytes, a script that may be run, a symbolic link; null removes it. */
export type FileContent = string | Uint8Array | { readonly run: string } | { readonly link: string } | null;

/** A repository with a work tree for one test. Ids are the same in every run: names are fixed and each commit is a minute later. */
export interface GitRepo extends AsyncDisposable {
  readonly path: string;
  /** Runs git in the work tree and gives its standard output without the last newline. Throws with git's words where it fails. */
  git(...args: string[]): string;
  /** As `git`, with bytes in and out, and the exit code left to the caller; `env` adds to the environment. */
  run(
    args: readonly string[],
    input?: string | Uint8Array,
    env?: Readonly<Record<string, string>>,
  ): { code: number | null; stdout: Buffer; stderr: string };
  /** Writes files, commits everything and gives the commit's id. `author` is `Name <mail>`. */
  commit(files: Readonly<Record<string, FileContent>>, message: string, author?: string): string;
  /** One mail per commit of the range, as git format-patch writes them, without the mbox line. */
  formatPatch(range: string, ...options: string[]): Buffer[];
  /** A bare copy, as a server would hold it. Gives its path, which lives as long as the repository. */
  bare(): string;
  /** A path beside the work tree that is gone with it; nothing is created. */
  beside(name: string): string;
}

/** Who commits in scratch repositories. */
export const COMMITTER = { name: 'Carl Committer', email: 'carl@example.org' };

const START = Date.UTC(2024, 0, 1, 9) / 1000;
const MBOX_LINE = /^From [0-9a-f]{40} Mon Sep 17 00:00:00 2001\n/m;

/** An empty repository on branch `main`. */
export async function gitRepo(): Promise<GitRepo> {
  const parent = mkdtempSync(join(tmpdir(), 'patchloom-git-'));
  const path = join(parent, 'work');
  let ticks = 0;
  let copies = 0;

  const run = (args: readonly string[], input?: string | Uint8Array, env: Readonly<Record<string, string>> = {}) => {
    const result = spawnSync('git', args, {
      cwd: path,
      env: { ...environment(ticks), ...env },
      maxBuffer: 1 << 28,
      ...(input === undefined ? {} : { input }),
    });
    if (result.error) throw result.error;
    return { code: result.status, stdout: result.stdout, stderr: result.stderr.toString('utf8') };
  };
  const git = (...args: string[]) => {
    const result = run(args);
    if (result.code !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`);
    return result.stdout.toString('utf8').replace(/\n$/, '');
  };

  mkdirSync(path);
  git('init', '--quiet', '--template=', '--initial-branch=main');
  return {
    path,
    git,
    run,
    commit: (files, message, author = 'Ann Author <ann@example.org>') => {
      ticks++;
      for (const [name, content] of Object.entries(files)) writeContent(join(path, name), content);
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--allow-empty-message', `--author=${author}`, `--message=${message}`);
      return git('rev-parse', 'HEAD');
    },
    formatPatch: (range, ...options) => {
      const result = run(['format-patch', '--stdout', ...options, range]);
      if (result.code !== 0) throw new Error(result.stderr);
      const mails = result.stdout.toString('latin1').split(MBOX_LINE).slice(1);
      return mails.map((mail) => Buffer.from(mail, 'latin1'));
    },
    beside: (name) => join(parent, name),
    bare: () => {
      const copy = join(parent, `bare-${++copies}.git`);
      git('clone', '--quiet', '--bare', '.', copy);
      return copy;
    },
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  };
}

function environment(ticks: number): Record<string, string> {
  const date = `${START + ticks * 60} +0100`;
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
    GIT_COMMITTER_NAME: COMMITTER.name,
    GIT_COMMITTER_EMAIL: COMMITTER.email,
  };
}

function writeContent(path: string, content: FileContent): void {
  rmSync(path, { recursive: true, force: true });
  if (content === null) return;
  mkdirSync(dirname(path), { recursive: true });
  if (typeof content === 'string' || content instanceof Uint8Array) return writeFileSync(path, content);
  if ('link' in content) return symlinkSync(content.link, path);
  writeFileSync(path, content.run);
  chmodSync(path, 0o755);
}
