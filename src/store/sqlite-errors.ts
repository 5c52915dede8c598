import { PatchloomError } from '../util/errors.ts';

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html) that a person can do something about. */
const WORDS: ReadonlyMap<number, string> = new Map([
  [3, 'access is denied'],
  [8, 'it may not be written to'],
  [10, 'the disk does not read or write'],
  [11, 'the file is damaged'],
  [13, 'the disk is full'],
  [14, 'the file cannot be opened'],
  [23, 'access is denied'],
  [26, 'the file is not a database'],
]);

/** Primary result code of an error of node:sqlite, or null for any other error. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}

/** SQLITE_BUSY: another connection has the lock. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(error) === 5;
}

/** Turns what SQLite says into one clear line for the operator; errors that are our own fault stay as they are. */
export function storeError(error: unknown, file: string): unknown {
  if (isBusy(error)) {
    return new PatchloomError('STORE_BUSY', `${file}: another process has been writing for too long`, { cause: error });
  }
  const words = WORDS.get(sqliteCode(error) ?? -1);
  if (words === undefined || !(error instanceof Error)) return error;
  return new PatchloomError('STORE_UNUSABLE', `${file}: ${words}: ${error.message}`, { cause: error });
}
