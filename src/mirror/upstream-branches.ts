import { gitText } from './git.ts';
import { UPSTREAM } from './repository.ts';

/** An upstream branch and where it stands. */
export interface UpstreamBranch {
  readonly name: string;
  readonly tip: string;
}

/** Globs of a configuration: `*` for anything within a name. Time linear in the name, because names come from a remote. */
function matches(glob: string, name: string): boolean {
  const [first = '', ...others] = glob.split('*');
  if (others.length === 0) return name === glob;
  const last = others.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > name.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

/**
 * Branches of upstream, as last fetched, that one of the globs names, in the order of the globs; a branch comes once.
 * @throws PatchloomError GIT_FAILED
 */
export async function upstreamBranches(
  repository: string,
  globs: readonly string[],
): Promise<readonly UpstreamBranch[]> {
  const listed = await gitText(repository, ['for-each-ref', '--format=%(objectname) %(refname)', UPSTREAM]);
  const all = listed.split('\n').flatMap((line): UpstreamBranch[] => {
    const [tip = '', ref = ''] = line.split(' ');
    return ref.startsWith(UPSTREAM) ? [{ name: ref.slice(UPSTREAM.length), tip }] : [];
  });
  const found = globs.flatMap((glob) => all.filter(({ name }) => matches(glob, name)));
  return found.filter((one, at) => found.findIndex(({ name }) => name === one.name) === at);
}
