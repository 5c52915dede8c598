import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PatchloomError } from '../util/errors.ts';
import { isBusy, storeError } from './sqlite-errors.ts';

const LOCK = 'serve.lock';
const PID = 'serve.pid';

/** A right that one process has, until it releases it or ends. */
export interface FileLock {
  release(): void;
}

/** Takes a named lock of a data directory, or gives null where another process has it. @throws PatchloomError STORE_UNUSABLE */
export function takeFileLock(directory: string, name: string): FileLock | null {
  const folder = join(directory, 'locks');
  // A name may be any text; only its hash becomes a file name.
  const file = join(folder, createHash('sha256').update(name).digest('hex').slice(0, 32));
  try {
    mkdirSync(folder, { recursive: true });
    const lock = lockFile(file);
    return { release: () => closeOnce(lock) };
  } catch (error) {
    if (isBusy(error)) return null;
    throw unusable(error, file);
  }
}

/**
 * Takes the intake lease of a data directory. It is a lock of the operating system on a file of its own (SQLite's RESERVED lock),
 * so it is gone with the process, however that ends; the file with the process id is for messages only.
 * @throws PatchloomError STORE_BUSY with the holder's process id; STORE_UNUSABLE
 */
export function takeIntakeLease(directory: string): FileLock {
  const file = join(directory, LOCK);
  let held: DatabaseSync | undefined;
  try {
    held = lockFile(file);
    writeFileSync(join(directory, PID), `${process.pid}\n`);
  } catch (error) {
    held?.close();
    if (!isBusy(error)) throw unusable(error, file);
    throw new PatchloomError(
      'STORE_BUSY',
      `${directory}: patchloom is already serving it (pid ${holderOf(directory)})`,
      {
        cause: error,
      },
    );
  }
  const lock = held;
  return {
    release() {
      if (lock.isOpen) rmSync(join(directory, PID), { force: true });
      closeOnce(lock);
    },
  };
}

/** An empty database whose write lock is the lock. @throws SQLite's error, SQLITE_BUSY where it is taken */
function lockFile(file: string): DatabaseSync {
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec('begin immediate');
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

function closeOnce(lock: DatabaseSync): void {
  if (lock.isOpen) lock.close();
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
