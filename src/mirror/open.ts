import { join, resolve } from 'node:path';
import { PatchloomError } from '../util/errors.ts';
import type { Log } from '../util/log.ts';
import { applySeries } from './apply-series.ts';
import { checkOut } from './checkout.ts';
import type { GitProject, MirrorRequest, MirrorResult } from './mirror.ts';
import { pushRef } from './publish.ts';
import { pushForCi } from './push-ci.ts';
import { remoteAddress } from './remote.ts';
import { fetchUpstream } from './repository.ts';
import { removeLeftovers } from './leftovers.ts';

/** One project's repository and what can be done with it. All calls may run at the same time, also from several processes. */
export interface Mirror {
  readonly project: string;
  /** The bare repository; nobody but this folder runs git on it. */
  readonly repository: string;
  /**
   * Brings the upstream branches up to date; the first call makes the repository. Calls that overlap share one run.
   * @throws PatchloomError GIT_UNREACHABLE, GIT_REF_MISSING (no default branch), GIT_FAILED
   */
  fetch(): Promise<void>;
  /**
   * Makes commits and a ref of a series. The same patches on the same base always give the same commits and the same ref,
   * so it can be repeated at will; messages are not compared: later tags never rewrite what is there.
   * @param asked branch or commit to use in place of the rules
   * @throws PatchloomError GIT_REF_MISSING where `asked` is not known; all else is told by `state`
   */
  apply(request: MirrorRequest, asked?: string | null): Promise<MirrorResult>;
  /**
   * Pushes one ref that `apply` gave; nothing happens where it is there already or where no remote is set.
   * @throws PatchloomError GIT_UNREACHABLE, GIT_REF_MISSING, GIT_FAILED (the remote said no, in its words)
   */
  publish(ref: string): Promise<void>;
  /**
   * Makes `directory` hold the files of a commit. Only files that differ are written, so build products next to them stay and
   * stay fresh. `<directory>.index` beside it belongs to it; one call at a time for one directory.
   * @throws PatchloomError GIT_FAILED, also where the directory holds files that did not come from here
   */
  checkout(commit: string, directory: string): Promise<void>;
  /**
   * Pushes one commit to the repository of a CI (see pushForCi); nothing happens where it is there already.
   * @throws PatchloomError GIT_UNREACHABLE, GIT_REF_MISSING, GIT_FAILED
   */
  pushForCi(remote: string, commit: string, options: readonly string[]): Promise<string>;
  /** Waits for what is running; later calls fail. */
  close(): Promise<void>;
}

export interface MirrorOptions {
  /** Where the bare repositories stand, one `<project>.git` each. Made where it does not exist. */
  readonly directory: string;
  readonly git: GitProject;
  readonly log: Log;
}

/**
 * Opens the git side of one project. Touches no network; `fetch` makes the repository.
 * @throws PatchloomError CONFIG_INVALID where the project's name cannot be part of a ref name
 */
export async function openMirror(options: MirrorOptions): Promise<Mirror> {
  const { project } = options.git;
  if (!/^[0-9A-Za-z][0-9A-Za-z_+-]*(?:\.[0-9A-Za-z_+-]+)*$/.test(project) || project.endsWith('.lock'))
    throw new PatchloomError(
      'CONFIG_INVALID',
      `project ${JSON.stringify(project)}: the name must be letters, digits and -`,
    );
  const upstream = remoteAddress(options.git.upstream);
  const git = { ...options.git, upstream };
  const log = options.log.child({ project });
  const repository = join(resolve(options.directory), `${project}.git`);
  await removeLeftovers(repository);

  const running = new Set<Promise<unknown>>();
  let closed = false;
  const track = <T>(work: () => Promise<T>): Promise<T> => {
    if (closed) return Promise.reject(new PatchloomError('INTERNAL', `the mirror of ${project} is closed`));
    const promise = work();
    running.add(promise);
    return promise.finally(() => running.delete(promise));
  };
  let fetching: Promise<void> | null = null;

  return {
    project,
    repository,
    fetch: () => {
      fetching ??= track(() => fetchUpstream(repository, upstream, git.branch)).finally(() => (fetching = null));
      return fetching;
    },
    apply: (request, asked = null) => track(() => applySeries(repository, git, request, asked, log)),
    publish: (ref) =>
      track(async () => {
        if (git.publish !== null) await pushRef(repository, remoteAddress(git.publish), ref);
      }),
    pushForCi: (remote, commit, options) => track(() => pushForCi(repository, remoteAddress(remote), commit, options)),
    checkout: (commit, directory) => track(() => checkOut(repository, commit, resolve(directory))),
    close: async () => {
      closed = true;
      await Promise.allSettled(running);
    },
  };
}
