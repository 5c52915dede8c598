import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** For files that hold what not everybody may read: held mail, decisions, who said what in private. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_DIRECTORY = 0o700;

/** Makes an empty file for its owner alone, where there is none. SQLite would let everybody read it; its log gets the mode of the file. */
export function makePrivateFile(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'a', PRIVATE_FILE));
}

/** Whether everybody on this machine may read the file, as far as it and its own directory decide. */
export function isReadByEverybody(file: string): boolean {
  const [read, pass] = [0o004, 0o001];
  return (statSync(file).mode & read) !== 0 && (statSync(dirname(file)).mode & pass) !== 0;
}
