import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PatchloomError } from '../util/errors.ts';
import { isBusy, storeError } from './sqlite-errors.ts';

const LOCK = 'serve.lock';
const PID = 'serve.pid';

/** The right to be the one process that takes mail in and works on jobs all the time. */
export interface IntakeLease {
  release(): void;
}

/**
 * Takes the intake lease of a data directory. It is a lock of the operating system on a file of its own (SQLite's RESERVED lock),
 * so it is gone with the process, however that ends; the file with the process id is for messages only.
 * @throws PatchloomError STORE_BUSY with the holder's process id; STORE_UNUSABLE
 */
export function takeIntakeLease(directory: string): IntakeLease {
  const file = join(directory, LOCK);
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file, { timeout: 0 });
    lock.exec('begin immediate');
    writeFileSync(join(directory, PID), `${process.pid}\n`);
  } catch (error) {
    lock?.close();
    if (!isBusy(error)) throw unusable(error, file);
    throw new PatchloomError(
      'STORE_BUSY',
      `${directory}: patchloom is already serving it (pid ${holderOf(directory)})`,
      {
        cause: error,
      },
    );
  }
  const held = lock;
  return {
    release() {
      if (!held.isOpen) return;
      rmSync(join(directory, PID), { force: true });
      held.close();
    },
  };
}

function unusable(error: unknown, file: string): unknown {
  const told = storeError(error, file);
  if (told instanceof PatchloomError || !(error instanceof Error)) return told;
  return new PatchloomError('STORE_UNUSABLE', `${file}: ${error.message}`, { cause: error });
}

function holderOf(directory: string): string {
  try {
    const text = readFileSync(join(directory, PID), 'utf8').trim();
    return /^\d{1,10}$/.test(text) ? text : 'unknown';
  } catch {
    return 'unknown';
  }
}
