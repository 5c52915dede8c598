import type { Address } from '../mail/message.ts';
import { personKey } from '../series/person.ts';
import { normalTitle } from '../series/title.ts';

/** A commit of upstream as far as finding its patch goes. */
export interface LandedCommit {
  readonly commit: string;
  readonly title: string;
  readonly author: Address;
  /** Epoch ms. */
  readonly committed: number;
  readonly paths: readonly string[];
  readonly contentHash: string;
  /** Number of added and removed lines. */
  readonly changedLines: number;
  readonly message: string;
}

/** A mailed patch that may be upstream. */
export interface MailedPatch {
  readonly msgid: string;
  readonly title: string;
  readonly author: Address;
  /** Epoch ms. */
  readonly posted: number;
  readonly paths: readonly string[];
  readonly contentHash: string;
}

/** link: the commit names the mail; content: the same added and removed lines; patch-id: the same but for blanks; title: title and author, and what was committed differs. */
export type LandingRule = 'link' | 'content' | 'patch-id' | 'title';

/** A patch and the commit that it became. */
export interface Landing {
  readonly msgid: string;
  readonly commit: string;
  readonly rule: LandingRule;
}

/** A commit is found no longer after its patch than this: titles come back. */
const LONGEST_WAIT = 2 * 365 * 86_400_000;
/** Clocks differ, and authors set dates. */
const SLACK = 2 * 86_400_000;

/**
 * Keys of a person: the name, and the address. Committers apply mails whose From the list has munged ("Ann via list"), and employers
 * put themselves behind names ("Ann Author (Example)").
 */
function authorKeys({ name, email }: Address): readonly string[] {
  const munged = / via [\w.@-]{1,100}$/i;
  const plain = name.replace(munged, '').replace(/\s*\([^()]{0,100}\)$/, '');
  const byName = personKey({ name: plain, email });
  // The address of a munged mail is the list's.
  return munged.test(name) ? [byName] : [...new Set([byName, email.toLowerCase()])];
}

function sameAuthor(one: Address, other: Address): boolean {
  const keys = new Set(authorKeys(one));
  return authorKeys(other).some((key) => keys.has(key));
}

function titleKeys({ title, author }: { readonly title: string; readonly author: Address }): readonly string[] {
  return authorKeys(author).map((key) => `${key}\n${normalTitle(title)}`);
}

function fileSet(paths: readonly string[]): string {
  return paths.toSorted().join('\n');
}

function titleAndFiles({ title, paths }: { readonly title: string; readonly paths: readonly string[] }): string {
  return `${normalTitle(title)}\n${fileSet(paths)}`;
}

function fileKeys({
  paths,
  author,
}: {
  readonly paths: readonly string[];
  readonly author: Address;
}): readonly string[] {
  return authorKeys(author).map((key) => `${key}\n${fileSet(paths)}`);
}

function inTime(patch: MailedPatch, commit: LandedCommit): boolean {
  return patch.posted <= commit.committed + SLACK && commit.committed - patch.posted <= LONGEST_WAIT;
}

/** Names that every folder has. */
const COMMON = /^(?:Makefile|Kconfig|README|meson\.build|CMakeLists\.txt|index|\.gitignore)/;

/** A file by its path, and by its name where that says something: folders are renamed between mail and commit. */
function fileNames(path: string): readonly string[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return COMMON.test(name) ? [path] : [path, name];
}

/** Half of the smaller one's files are the other's: the same title on other files is other work. */
function shareFiles(one: readonly string[], other: readonly string[]): boolean {
  const all = new Set(other.flatMap(fileNames));
  const common = one.filter((path) => fileNames(path).some((name) => all.has(name))).length;
  return common > 0 && common * 2 >= Math.min(one.length, other.length);
}

/** So many equal lines are no accident, whoever claims them under whatever title. */
const NO_ACCIDENT = 8;

/** Message-IDs of the mails that a commit names: `Message-Id:` and `Link:` to an archive. */
export function linksOf(message: string): readonly string[] {
  const found = message.matchAll(
    /^(?:Message-ID:\s*<?|Link:\s*https?:\/\/\S{1,200}\/)([^\s<>/]{1,200}@[^\s<>/]{1,200}?)(?:>|\/?)\s*$/gim,
  );
  return [...found].map((match) => `<${match[1] ?? ''}>`);
}

/** Mailed patches by what they are looked up by. */
export interface LandingIndex {
  /** Whether its diff is worth a look: a patch has its files, its title or its link. */
  possible(commit: Omit<LandedCommit, 'contentHash' | 'changedLines'>): boolean;
  /** Patches that surely became the commit, each with the rule. Versions of equal content are all named. */
  sure(commit: LandedCommit): readonly Landing[];
  /** Patches that may have become it: by the same author with the same title or on the same files, or with both title and files. */
  maybe(commit: LandedCommit): readonly MailedPatch[];
  /** The newest patch of the same title and author on the same files, else of the same title on exactly its files; or null. */
  byTitle(commit: LandedCommit): MailedPatch | null;
}

function multimap<T>(items: readonly T[], keys: (item: T) => readonly string[]): ReadonlyMap<string, readonly T[]> {
  const map = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keys(item)) {
      const list = map.get(key);
      if (list === undefined) map.set(key, [item]);
      else list.push(item);
    }
  }
  return map;
}

function newestFirst(one: MailedPatch, other: MailedPatch): number {
  return other.posted - one.posted || (one.msgid < other.msgid ? -1 : 1);
}

/** Candidates of one key that are compared: a flood of equal mails must not cost a square. */
const MOST = 50;

/** Makes patches findable. Time of posting bounds what is looked at. */
export function landingIndex(patches: readonly MailedPatch[]): LandingIndex {
  const sorted = patches.toSorted(newestFirst);
  const byId = new Map(sorted.map((patch) => [patch.msgid, patch]));
  const byContent = multimap(sorted, ({ contentHash }) => [contentHash]);
  const byName = multimap(sorted, titleKeys);
  const byFiles = multimap(sorted, fileKeys);
  const byTitleAndFiles = multimap(sorted, (patch) => [titleAndFiles(patch)]);
  const files = new Set(sorted.map(({ paths }) => fileSet(paths)));
  const titles = new Set(sorted.map(({ title }) => normalTitle(title)));
  const of = (map: typeof byName, keys: readonly string[], commit: LandedCommit): readonly MailedPatch[] => {
    const found = new Set(keys.flatMap((key) => map.get(key)?.slice(0, MOST) ?? []));
    return [...found].filter((patch) => inTime(patch, commit)).toSorted(newestFirst);
  };
  /** Two people may mend the same slip alike: where little is changed, author or title has to agree, too. */
  const related = (patch: MailedPatch, commit: LandedCommit): boolean =>
    sameAuthor(patch.author, commit.author) || normalTitle(patch.title) === normalTitle(commit.title);
  return {
    possible: ({ title, paths, message }) =>
      files.has(fileSet(paths)) || titles.has(normalTitle(title)) || linksOf(message).some((id) => byId.has(id)),
    sure: (commit) => {
      const named = linksOf(commit.message).flatMap((msgid) => byId.get(msgid) ?? []);
      const linked = named
        .filter(
          (patch) =>
            related(patch, commit) &&
            (shareFiles(patch.paths, commit.paths) || patch.contentHash === commit.contentHash),
        )
        .map(({ msgid }): Landing => ({ msgid, commit: commit.commit, rule: 'link' }));
      const equal = of(byContent, [commit.contentHash], commit)
        .filter((patch) => commit.changedLines >= NO_ACCIDENT || related(patch, commit))
        .map(({ msgid }): Landing => ({ msgid, commit: commit.commit, rule: 'content' }));
      return [...equal, ...linked.filter(({ msgid }) => !equal.some((one) => one.msgid === msgid))];
    },
    maybe: (commit) => [
      ...new Set([
        ...of(byName, titleKeys(commit), commit),
        ...of(byTitleAndFiles, [titleAndFiles(commit)], commit),
        ...of(byFiles, fileKeys(commit), commit),
      ]),
    ],
    byTitle: (commit) =>
      of(byName, titleKeys(commit), commit).find((patch) => shareFiles(patch.paths, commit.paths)) ??
      of(byTitleAndFiles, [titleAndFiles(commit)], commit)[0] ??
      null,
  };
}
