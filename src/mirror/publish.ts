import { dirname } from 'node:path';
import { PatchloomError } from '../util/errors.ts';
import { PUBLIC } from './ref-names.ts';
import { talkToRemote } from './remote.ts';

/**
 * Pushes one ref; GitHub raises no events for a push of more than three. The lease "must not be there yet" makes the remote
 * refuse to move it, while a ref that is there with the same commit is fine.
 * @throws PatchloomError GIT_UNREACHABLE, GIT_REF_MISSING, GIT_FAILED with the remote's words
 */
export async function pushRef(repository: string, remote: string, ref: string): Promise<void> {
  if (!ref.startsWith(PUBLIC) || !/^[0-9A-Za-z._+/-]+$/.test(ref))
    throw new PatchloomError('GIT_REF_MISSING', `${JSON.stringify(ref)} is not a ref that patchloom made`);
  const push = [
    'push',
    '--quiet',
    '--no-verify',
    '--no-signed',
    `--force-with-lease=${ref}:`,
    '--',
    remote,
    `${ref}:${ref}`,
  ];
  await talkToRemote(repository, dirname(repository), remote, `cannot push ${ref} to`, push);
}
