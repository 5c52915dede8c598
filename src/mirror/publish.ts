import { dirname } from 'node:path';
import { PatchloomError } from '../util/errors.ts';
import { gitText } from './git.ts';
import { BY_ID, PUBLIC } from './ref-names.ts';
import { talkToRemote } from './remote.ts';

const SAFE = /^refs\/[0-9A-Za-z._+/=@-]+$/;

/**
 * Pushes a ref and its name by Message-ID to every remote: two refs, as GitHub raises no events for a push of more than three.
 * The leases "must not be there yet" make a remote refuse to move one, while a ref that is there with the same commit is fine.
 * @throws PatchloomError GIT_REF_MISSING for what is no ref of ours; after all remotes have been tried, the error of one that
 * has failed: GIT_UNREACHABLE, GIT_FAILED with its words
 */
export async function publishRef(repository: string, remotes: readonly string[], ref: string): Promise<void> {
  if (remotes.length === 0) return;
  if (!ref.startsWith(PUBLIC) || !SAFE.test(ref)) throw missing(ref);
  const refs = await refsWith(repository, ref);
  const leases = refs.map((name) => `--force-with-lease=${name}:`);
  await pushAll(
    repository,
    remotes,
    ref,
    ['--atomic', ...leases],
    refs.map((name) => `${name}:${name}`),
  );
}

/** Pushes the notes of a project to every remote. They are made of mail, so what a remote has of them is replaced. @throws as `publishRef` */
export async function publishNotes(repository: string, remotes: readonly string[], ref: string): Promise<void> {
  await pushAll(repository, remotes, ref, [], [`+${ref}:${ref}`]);
}

async function pushAll(
  repository: string,
  remotes: readonly string[],
  what: string,
  options: readonly string[],
  specs: readonly string[],
): Promise<void> {
  const failures: unknown[] = [];
  for (const remote of remotes) {
    const args = ['push', '--quiet', '--no-verify', '--no-signed', ...options, '--', remote, ...specs];
    const pushing = talkToRemote(repository, dirname(repository), remote, `cannot push ${what} to`, args);
    await pushing.catch((error: unknown) => failures.push(error));
  }
  // What may pass decides: then all of it is tried again.
  if (failures.length > 0) throw failures.find((one) => one instanceof PatchloomError && one.retry) ?? failures[0];
}

/** The ref, and the name by Message-ID that goes with it. */
async function refsWith(repository: string, ref: string): Promise<readonly string[]> {
  const project = ref.slice(PUBLIC.length).split('/')[0] ?? '';
  const names = (args: readonly string[]) =>
    gitText(repository, ['for-each-ref', '--format=%(objectname) %(refname)', ...args]);
  const [tip, name] = (await names([ref])).split('\n')[0]?.split(' ') ?? [];
  if (!tip || name !== ref) throw missing(ref);
  const byId = (await names([`--points-at=${tip}`, '--count=1', `${BY_ID}${project}/`])).split(' ')[1];
  return byId === undefined || !SAFE.test(byId) ? [ref] : [ref, byId];
}

function missing(ref: string): PatchloomError {
  return new PatchloomError('GIT_REF_MISSING', `${JSON.stringify(ref)} is not a ref that patchloom made`);
}
