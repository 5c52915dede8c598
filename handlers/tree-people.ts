import { foldersAmong, readTreeFiles } from '../src/mirror/upstream-files.ts';
import { type Maintainers, parseMaintainers, possibleFolders } from '../src/review/maintainers.ts';
import { type MaintainersConf, parseMaintainersConf, standardOptions } from '../src/review/maintainers-conf.ts';
import { type Mailmap, parseMailmap } from '../src/review/mailmap.ts';

/** Who is who in one tree: its MAINTAINERS, `.get_maintainer.conf` and `.mailmap`. */
export interface TreePeople {
  /** Null where the tree has no MAINTAINERS file. */
  readonly maintainers: Maintainers | null;
  readonly conf: MaintainersConf;
  readonly mailmap: Mailmap;
}

const LARGEST = 4 << 20;
const NAMES = ['MAINTAINERS', '.get_maintainer.conf', '.mailmap'] as const;

/** The files of a tree that say who is who, as texts, so that they can be kept. */
export interface PeopleFiles {
  readonly maintainers: string | null;
  readonly conf: string;
  readonly mailmap: string;
  /** Those of MAINTAINERS' patterns that name folders of the tree. */
  readonly folders: readonly string[];
}

/** Reads the files from the trees of commits (full ids), in their order. @throws PatchloomError GIT_FAILED */
export async function readPeopleFiles(repository: string, commits: readonly string[]): Promise<readonly PeopleFiles[]> {
  const paths = commits.flatMap((commit) => NAMES.map((name) => ({ commit, name })));
  const texts = await readTreeFiles(repository, paths, LARGEST);
  const trees = commits.map((commit, at) => {
    const [maintainers = null, conf = null, mailmap = null] = texts.slice(at * NAMES.length, (at + 1) * NAMES.length);
    return { commit, maintainers, conf: conf ?? '', mailmap: mailmap ?? '' };
  });
  const possible = trees.flatMap(({ commit, maintainers }) =>
    possibleFolders(maintainers ?? '').map((name) => ({ commit, name })),
  );
  const folders = Map.groupBy(await foldersAmong(repository, possible), ({ commit }) => commit);
  return trees.map(({ commit, ...files }) => {
    const own = (folders.get(commit) ?? []).map(({ name }) => name);
    return { ...files, folders: [...new Set(own)].sort() };
  });
}

/** Reads one tree. @throws PatchloomError GIT_FAILED */
export async function peopleFilesOf(repository: string, commit: string): Promise<PeopleFiles> {
  const [files] = await readPeopleFiles(repository, [commit]);
  return files ?? { maintainers: null, conf: '', mailmap: '', folders: [] };
}

/** What the files say. */
export function treePeople(files: PeopleFiles): TreePeople {
  const folders = new Set(files.folders);
  const maintainers =
    files.maintainers === null ? null : parseMaintainers(files.maintainers, (one) => folders.has(one));
  const xen = maintainers !== null && maintainers.xen !== null;
  return {
    maintainers,
    conf: parseMaintainersConf(files.conf, standardOptions(xen)),
    mailmap: parseMailmap(files.mailmap),
  };
}
