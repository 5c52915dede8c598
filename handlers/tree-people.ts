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

/** The files of a tree that say who is who, as texts, so that they can be kept. */
export interface PeopleFiles {
  readonly maintainers: string | null;
  readonly conf: string;
  readonly mailmap: string;
  /** Those of MAINTAINERS' patterns that name folders of the tree. */
  readonly folders: readonly string[];
}

/** Reads the files from the tree of a commit. @throws PatchloomError GIT_FAILED */
export async function readPeopleFiles(repository: string, commit: string): Promise<PeopleFiles> {
  const names = ['MAINTAINERS', '.get_maintainer.conf', '.mailmap'] as const;
  const files = await readTreeFiles(repository, commit, names, LARGEST);
  const maintainers = files.get('MAINTAINERS') ?? null;
  const folders = maintainers === null ? [] : await foldersAmong(repository, commit, possibleFolders(maintainers));
  return {
    maintainers,
    conf: files.get('.get_maintainer.conf') ?? '',
    mailmap: files.get('.mailmap') ?? '',
    folders: [...folders].sort(),
  };
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
