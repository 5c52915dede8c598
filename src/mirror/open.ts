import { join, resolve } from 'node:path';
import { describeError, PatchloomError } from '../util/errors.ts';
import type { Log } from '../util/log.ts';
import { type AckedRef, ackedRef } from './acked.ts';
import type { Workshop } from './applied.ts';
import { applySeries } from './apply-series.ts';
import { checkSeries } from './check.ts';
import { checkOut } from './checkout.ts';
import { DiskBudget } from './disk-budget.ts';
import { expireRefs } from './expire.ts';
import { crudOfGit } from './ident.ts';
import type { Fit, GitProject, MirrorRequest, MirrorResult } from './mirror.ts';
import { Objects } from './objects.ts';
import { NOTES, writeNotes } from './notes.ts';
import { sharedRuns } from './overlap.ts';
import { publishNotes, publishRef } from './publish.ts';
import { pushForCi, removeForCi } from './push-ci.ts';
import { RefWriter } from './ref-writer.ts';
import { remoteAddress } from './remote.ts';
import { fetchUpstream } from './repository.ts';
import { removeLeftovers } from './leftovers.ts';
import { keepPacksFew, setDamagedAside } from './maintenance.ts';

/** One project's repository and what can be done with it. All calls may run at the same time, also from several processes. */
export interface Mirror {
  readonly project: string;
  /** The bare repository; nobody but this folder runs git on it. */
  readonly repository: string;
  /**
   * Brings the upstream branches to where they are now or later; the first call makes the repository. Calls share a run that begins after them.
   * @throws PatchloomError GIT_UNREACHABLE, GIT_REF_MISSING (no default branch), GIT_FAILED, DISK_BUDGET
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
   * Whether a series would apply, in about a millisecond a patch: writes nothing, makes no ref, asks no remote.
   * @param asked branch or commit to use in place of the rules
   * @throws PatchloomError GIT_REF_MISSING where `asked` is not known; all else is told by `state`
   */
  check(request: MirrorRequest, asked?: string | null): Promise<Fit>;
  /**
   * The branch of a published series with the tags that have come since in its messages; the published one stays as it is.
   * @param applied what `apply` gave for this request
   * @returns null where no message has changed
   * @throws PatchloomError GIT_REF_MISSING, GIT_FAILED
   */
  acked(request: MirrorRequest, applied: MirrorResult): Promise<AckedRef | null>;
  /**
   * Pushes a ref that `apply` gave, with its name by Message-ID, to every remote; nothing happens where it is there already.
   * A remote that is down or refuses does not stop the others.
   * @throws PatchloomError GIT_UNREACHABLE, GIT_REF_MISSING, GIT_FAILED (the remote said no, in its words)
   */
  publish(ref: string): Promise<void>;
  /**
   * Puts notes on published commits, in `refs/notes/patchloom/<project>`, and pushes them to every remote.
   * @param notes text by commit id; what a commit had is replaced
   * @throws as `publish`
   */
  annotate(notes: ReadonlyMap<string, string>): Promise<void>;
  /**
   * Keeps a bundle of a published series and takes its refs off every remote. They stay in this repository; `publish` brings them back.
   * @param applied what `apply` gave
   * @returns false where the repository does not have it: nothing is done then
   * @throws PatchloomError GIT_UNREACHABLE, GIT_FAILED
   */
  expire(applied: MirrorResult): Promise<boolean>;
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
  /**
   * Takes the branches of commits off the repository of a CI again; nothing happens where they are gone.
   * @throws PatchloomError GIT_UNREACHABLE, GIT_FAILED
   */
  removeForCi(remote: string, commits: readonly string[]): Promise<void>;
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

  const objects = new Objects(repository);
  const writer = new RefWriter(repository);
  const lender = git.borrow ? join(resolve(options.directory), `${git.borrow}.git`) : null;
  const disk = git.disk ? new DiskBudget(repository, git.disk, git.lends === true) : null;
  let asked: Promise<string> | null = null;
  const crud = () => (asked ??= crudOfGit());
  const shop: Workshop = { repository, objects, git, log, crud, health: { damaged: false } };

  const running = new Set<Promise<unknown>>();
  let closed = false;
  const track = <T>(work: () => Promise<T>): Promise<T> => {
    if (closed) return Promise.reject(new PatchloomError('INTERNAL', `the mirror of ${project} is closed`));
    const promise = work();
    running.add(promise);
    return promise.finally(() => running.delete(promise));
  };
  const fetch = async (): Promise<void> => {
    try {
      await removeLeftovers(repository);
      if (shop.health.damaged) throw new PatchloomError('GIT_FAILED', 'the repository lacks objects');
      await fetchUpstream(repository, upstream, git.branch, lender);
    } catch (error) {
      // A remote's fault is told as such; for anything else the repository may be to blame.
      if (!(error instanceof PatchloomError) || error.code !== 'GIT_FAILED') throw error;
      const aside = await setDamagedAside(repository, Date.now());
      if (aside === null && !shop.health.damaged) throw error;
      if (aside !== null)
        log.error({ aside, error: describeError(error) }, 'the repository is damaged; it is made afresh');
      objects.close();
      writer.close();
      await fetchUpstream(repository, upstream, git.branch, lender);
      shop.health.damaged = false;
    }
    await keepPacksFew(repository);
    await disk?.keep(Date.now());
  };

  return {
    project,
    repository,
    fetch: sharedRuns(() => track(fetch)),
    apply: (request, base = null) => track(() => applySeries(shop, writer, request, base)),
    check: (request, base = null) => track(() => checkSeries(shop, request, base)),
    acked: (request, { ref, base }) =>
      track(async () => (ref === null || base === null ? null : ackedRef(shop, writer, request, base, ref))),
    publish: (ref) => track(() => publishRef(repository, git.publish.map(remoteAddress), ref)),
    pushForCi: (remote, commit, options) => track(() => pushForCi(repository, remoteAddress(remote), commit, options)),
    removeForCi: (remote, commits) => track(() => removeForCi(repository, remoteAddress(remote), commits)),
    annotate: (notes) =>
      track(async () => {
        if (notes.size === 0) return;
        const ref = `${NOTES}${project}`;
        await writeNotes(repository, ref, git.committer, notes, Math.floor(Date.now() / 1000));
        await publishNotes(repository, git.publish.map(remoteAddress), ref);
      }),
    expire: (applied) => track(() => expireRefs(repository, git.publish.map(remoteAddress), applied)),
    checkout: (commit, directory) => track(() => checkOut(repository, commit, resolve(directory))),
    close: async () => {
      closed = true;
      await Promise.allSettled(running);
      objects.close();
      writer.close();
    },
  };
}
