import { dirname } from 'node:path';
import { NOTES } from './notes.ts';
import type { MirrorRequest } from './mirror.ts';
import type { Mirror } from './open.ts';
import { BY_ID, directoriesOf, PUBLIC, recordsOf } from './ref-names.ts';
import { talkToRemote } from './remote.ts';
import { commitOf, repositoryExists } from './repository.ts';

/**
 * A mirror whose repository is one of several, each on a machine of its own, that publish to the same remote: what the others have made
 * is brought from there before it is needed. The commits of a series are the same wherever they are made; their names are not, so a
 * series is applied with the names before one's eyes that it has already. Only one machine at a time may work on a project's refs.
 * @param remote the first remote that is published to
 */
export function sharedMirror(mirror: Mirror, remote: string): Mirror {
  const { project, repository } = mirror;
  const bring = async (...specs: readonly string[]): Promise<void> => {
    if (!repositoryExists(repository)) await mirror.fetch();
    const options = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
    const fetch = ['fetch', ...options, '--', remote, ...specs];
    await talkToRemote(repository, dirname(repository), remote, 'cannot fetch what was published to', fetch);
  };
  const bringAll = (): Promise<void> => bring(allBelow(`${PUBLIC}${project}/`), allBelow(`${BY_ID}${project}/`));
  const need = async (...commits: readonly string[]): Promise<void> => {
    for (const commit of commits) {
      if (repositoryExists(repository) && (await commitOf(repository, commit)) !== null) continue;
      // The commit of a base may be one of upstream's.
      await mirror.fetch();
      return bringAll();
    }
  };
  const needOthers = ({ others = [] }: MirrorRequest): Promise<void> => need(...others.map(({ commit }) => commit));
  return {
    ...mirror,
    async apply(request, asked) {
      await bring(...[...directoriesOf(request).map((name) => `${name}/`), recordsOf(request)].map(allBelow));
      await needOthers(request);
      return mirror.apply(request, asked);
    },
    async check(request, asked) {
      await needOthers(request);
      return mirror.check(request, asked);
    },
    async acked(request, applied) {
      if (applied.tip !== null) await need(applied.tip);
      return mirror.acked(request, applied);
    },
    async publish(ref) {
      await needRef(ref);
      await mirror.publish(ref);
    },
    async annotate(notes) {
      // What the others have noted would be lost with our push.
      if (notes.size > 0) await bring(allBelow(NOTES));
      await mirror.annotate(notes);
    },
    async expire(applied) {
      if (applied.ref !== null) await needRef(applied.ref);
      return mirror.expire(applied);
    },
    async checkout(commit, directory) {
      await need(commit);
      await mirror.checkout(commit, directory);
    },
    async pushForCi(to, commit, options) {
      await need(commit);
      return mirror.pushForCi(to, commit, options);
    },
  };

  async function needRef(ref: string): Promise<void> {
    if (!repositoryExists(repository) || (await commitOf(repository, ref)) === null) await bringAll();
  }
}

/** What was published wins over a name that was given here and never got there. */
function allBelow(directory: string): string {
  return `+${directory}*:${directory}*`;
}
