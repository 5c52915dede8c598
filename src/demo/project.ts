import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../util/exec.ts';

/** Fixed, so that the demo makes the same commits wherever it runs. */
const IDENTITY = {
  GIT_AUTHOR_NAME: 'Dana Brook',
  GIT_AUTHOR_EMAIL: 'dana@minivisor.example',
  GIT_AUTHOR_DATE: '2026-03-02T09:00:00+0000',
  GIT_COMMITTER_NAME: 'Dana Brook',
  GIT_COMMITTER_EMAIL: 'dana@minivisor.example',
  GIT_COMMITTER_DATE: '2026-03-02T09:00:00+0000',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

/** Makes `upstream.git` with the demo's project on branch main, and an empty `published.git`, in `directory`. */
export async function makeProject(directory: string): Promise<void> {
  const files = join(directory, 'files');
  await mkdir(directory, { recursive: true });
  await cp(join(import.meta.dirname, 'project'), files, { recursive: true });
  await git(files, 'init', '--quiet', '--initial-branch=main');
  await git(files, 'add', '--all');
  await git(files, 'commit', '--quiet', '--message=minivisor: initial import');
  await git(directory, 'clone', '--quiet', '--bare', '--no-hardlinks', files, 'upstream.git');
  await git(directory, 'init', '--quiet', '--bare', '--initial-branch=main', 'published.git');
  await rm(files, { recursive: true });
}

async function git(cwd: string, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await exec('git', args, { cwd, env: IDENTITY });
  if (code !== 0) throw new Error(`git ${args[0]}: ${stderr.trim()}`);
}
