import { dirname } from 'node:path';
import { remoteAddress, talkToRemote } from './remote.ts';

/**
 * Fetches upstream's tags into the mirror's repository, for ranges between releases. A tag that upstream moved stays as it was.
 * @throws PatchloomError GIT_UNREACHABLE, GIT_FAILED
 */
export async function fetchTags(repository: string, upstream: string): Promise<void> {
  const address = remoteAddress(upstream);
  const options = ['--quiet', '--no-write-fetch-head', '--no-recurse-submodules', '--no-tags'];
  const fetch = ['fetch', ...options, '--', address, 'refs/tags/*:refs/tags/*'];
  await talkToRemote(repository, dirname(repository), address, 'cannot fetch tags from', fetch);
}
