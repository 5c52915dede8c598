/**
 * Why the engine leaves a patch to git: it is not certain to do what git does. One line for each reason; the words are for people.
 */
export const DECLINE_REASONS = {
  'no-prefix': 'a file name lacks the folder that is taken off',
  'odd-name': 'a file name is written in an unusual way',
  'names-differ': 'the headers of one file name different files',
  'odd-header': 'a header line is unusual',
  'odd-mode': 'a file mode is unusual',
  submodule: 'it concerns a submodule',
  'path-twice': 'it names one file twice',
  'file-and-directory': 'a file takes the place of a directory, or a directory that of a file',
  'odd-link': 'a symbolic link is unusual',
  'rename-onto-itself': 'it renames a file onto itself',
  'type-change': 'it turns a file into another kind of file',
  'new-or-deleted': 'an old-style diff does not say whether the file is new or deleted',
  'binary-without-data': 'it says that binary files differ and holds no data',
  'binary-ids': 'a binary part does not name its files by full ids, or holds other bytes than they say',
  'binary-damaged': 'a binary part is damaged',
  'open-end': 'it treats a last line without newline in an unusual way',
  malformed: 'the diff is damaged',
  'no-diff': 'there is no diff in it',
  'nothing-left': 'no file would be left',
} as const;

export type DeclineReason = keyof typeof DECLINE_REASONS;

/** The engine leaves the patch to git. */
export class Declined extends Error {
  readonly reason: DeclineReason;

  /** @param detail what was met, for the log and for people; may be empty */
  constructor(reason: DeclineReason, detail: string) {
    super(`${DECLINE_REASONS[reason]}${detail === '' ? '' : `: ${detail}`}`);
    this.name = 'Declined';
    this.reason = reason;
  }
}

/** The patch asks for what is never done, or would cost too much; git is not asked either. */
export class Refused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Refused';
  }
}

/** Where a patch does not fit; git would say the same. */
export interface Misfit {
  /** Path as latin1 text. */
  readonly file: string;
  /** Number of the hunk in its file from 0; -1 where the file as a whole does not fit. */
  readonly hunk: number;
  /** git's words after `error: `, without the file. */
  readonly words: string;
}

/** The patch is fine, but the files are not what it expects. */
export class Misfitting extends Error {
  readonly misfit: Misfit;

  constructor(file: string, words: string, hunk = -1) {
    super(`${file}: ${words}`);
    this.name = 'Misfitting';
    this.misfit = { file, hunk, words };
  }
}

/** @throws Declined */
export function decline(reason: DeclineReason, detail = ''): never {
  throw new Declined(reason, detail.slice(0, 200));
}

/** @throws Misfitting */
export function misfit(file: string, words: string, hunk?: number): never {
  throw new Misfitting(file, words, hunk);
}
