/** What `.get_maintainer.conf` can say of who is told. */
export interface MaintainersOptions {
  readonly maintainers: boolean;
  readonly reviewers: boolean;
  readonly lists: boolean;
  /** Also lists that only subscribers may write to. */
  readonly subscriberLists: boolean;
  readonly keywords: boolean;
  readonly mailmap: boolean;
  /** Leave THE REST out where somebody else maintains every file. Standard for Xen's form only. */
  readonly dropRest: boolean;
  /** A name is told once, at the first of its addresses. Standard for Linux's form only. */
  readonly removeDuplicates: boolean;
  /** Sections that lie so many folders above the file are left out; 0: none are. */
  readonly patternDepth: number;
}

/** The options in force, and the words of the file that mean nothing here. */
export interface MaintainersConf {
  readonly options: MaintainersOptions;
  readonly ignored: readonly string[];
}

/** @param xen whether the MAINTAINERS file is of Xen's form */
export function standardOptions(xen: boolean): MaintainersOptions {
  return {
    maintainers: true,
    reviewers: true,
    lists: true,
    subscriberLists: false,
    keywords: true,
    mailmap: true,
    dropRest: xen,
    removeDuplicates: !xen,
    patternDepth: 0,
  };
}

const FLAGS: Readonly<Record<string, Exclude<keyof MaintainersOptions, 'patternDepth'>>> = {
  m: 'maintainers',
  r: 'reviewers',
  l: 'lists',
  s: 'subscriberLists',
  k: 'keywords',
  keywords: 'keywords',
  mailmap: 'mailmap',
  drop_the_rest_supporter: 'dropRest',
  'remove-duplicates': 'removeDuplicates',
};

/** `--no-r`, `--nor`, `--r`, `-r` as one flag and its value. */
function flagOf(word: string): { readonly key: keyof MaintainersOptions; readonly value: boolean } | null {
  const name = /^--?([a-z_-]+)$/.exec(word)?.[1] ?? '';
  const plain = FLAGS[name];
  if (plain !== undefined) return { key: plain, value: true };
  const negated = FLAGS[name.replace(/^no-?/, '')];
  return negated === undefined || !name.startsWith('no') ? null : { key: negated, value: false };
}

/**
 * Reads a `.get_maintainer.conf`: command line options of the script beside it, on any number of lines, `#` for comments. Options
 * about output and git history are not followed, because the answer here comes from the file alone.
 */
export function parseMaintainersConf(text: string, standard: MaintainersOptions): MaintainersConf {
  const words = text
    .slice(0, 64 << 10)
    .split('\n')
    .flatMap((line) => line.replace(/(?:^|\s)#.*$/, '').split(/\s+/))
    .filter((word) => word !== '');
  const changes: Partial<Record<keyof MaintainersOptions, boolean | number>> = {};
  const ignored: string[] = [];
  for (const [at, word] of words.entries()) {
    const depth = /^--?pattern-depth(?:=(\d{1,3}))?$/.exec(word);
    const flag = flagOf(word);
    if (depth !== null) changes.patternDepth = Number(depth[1] ?? words[at + 1] ?? 0) || 0;
    else if (flag !== null) changes[flag.key] = flag.value;
    else if (!/^\d+$/.test(word)) ignored.push(word);
  }
  return { options: { ...standard, ...changes } as MaintainersOptions, ignored };
}
