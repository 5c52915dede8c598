import { dirname } from 'node:path';
import { talkToRemote } from './remote.ts';

/** A ref with the commit that it stands for. */
export interface Named {
  readonly name: string;
  readonly commit: string;
}

/** GitHub raises no events for a push of more than three refs. */
const MOST_REFS = 3;

/**
 * Takes refs off a remote that it has with these very commits; others are not ours and stay. Repeated, it does nothing.
 * @throws PatchloomError GIT_UNREACHABLE, GIT_FAILED
 */
export async function removeFrom(repository: string, remote: string, refs: readonly Named[]): Promise<void> {
  if (refs.length === 0) return;
  const talk = (args: readonly string[]) =>
    talkToRemote(repository, dirname(repository), remote, `cannot remove ${refs[0]?.name} from`, args);
  const there = new Set((await talk(['ls-remote', '--', remote, ...refs.map(({ name }) => name)])).split('\n'));
  const own = refs.filter(({ name, commit }) => there.has(`${commit}\t${name}`));
  for (let at = 0; at < own.length; at += MOST_REFS) {
    const part = own.slice(at, at + MOST_REFS);
    const leases = part.map(({ name, commit }) => `--force-with-lease=${name}:${commit}`);
    const specs = part.map(({ name }) => `:${name}`);
    await talk(['push', '--quiet', '--no-verify', '--no-signed', '--atomic', ...leases, '--', remote, ...specs]);
  }
}
