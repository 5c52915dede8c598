import { open, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cutNote, MAIL_CAP } from './raw-mail.ts';
import type { RawMail, Source } from './raw-mail.ts';
import { unreadable } from './unreadable.ts';

/**
 * A Maildir: `cur` and `new`, in the order of delivery. Nothing in it is moved or changed.
 *
 * Names are in no useful order, but the kernel stamps a file when it is renamed into place (ctime), so that order only grows.
 * A mail whose flags were changed is renamed too and comes again; the store knows it already.
 */
export function maildirSource(path: string, name: string = resolve(path)): Source {
  return { name, live: false, read: (cursor, signal) => read(path, name, cursor, signal) };
}

interface Entry {
  /** File name without the flags behind `:2,`. */
  readonly unique: string;
  readonly file: string;
  /** Nanoseconds, as 20 digits, so that text order is time order. */
  readonly stamp: string;
}

/** Stamps have the grain of the kernel's tick: a file this fresh may get a sibling with an earlier name and the same stamp. */
const SETTLE_MS = 20;

async function* read(path: string, name: string, cursor: string | null, signal: AbortSignal): AsyncGenerator<RawMail> {
  try {
    const start = usableCursor(cursor);
    const entries = (await settledEntries(path)).filter((entry) => start === null || keyOf(entry) > start);
    for (const [index, entry] of entries.entries()) {
      if (signal.aborted) return;
      const mail = await readEntry(path, entry);
      if (mail === null) continue;
      const label = `${basename(name)}: ${entry.unique}${cutNote(mail.cut)}`;
      yield { raw: mail.raw, label, cursor: keyOf(entry), done: (index + 1) / entries.length };
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

function keyOf(entry: Entry): string {
  return `${entry.stamp}:${entry.unique}`;
}

/** A cursor from the future was set before the clock went back: mail since then could stand before it, so read all again. */
function usableCursor(cursor: string | null): string | null {
  const stamp = /^(\d{20}):/.exec(cursor ?? '')?.[1];
  if (stamp === undefined) return null;
  return BigInt(stamp) > BigInt(Date.now() + 1_000) * 1_000_000n ? null : cursor;
}

/** All mails in order, without those so fresh that others could still come before them; waits once for these. */
async function settledEntries(path: string): Promise<Entry[]> {
  let listed = await listEntries(path);
  if (listed.entries.some((entry) => isFresh(entry, listed.at))) {
    await sleep(SETTLE_MS + 5);
    listed = await listEntries(path);
  }
  return listed.entries.filter((entry) => !isFresh(entry, listed.at));
}

/** Stamps far ahead of the clock never settle: they count as old. */
function isFresh(entry: Entry, at: number): boolean {
  const age = at - Number(BigInt(entry.stamp) / 1_000_000n);
  return age < SETTLE_MS && age > -1_000;
}

async function listEntries(path: string): Promise<{ at: number; entries: Entry[] }> {
  const at = Date.now();
  const found = new Map<string, Entry>();
  // `new` first: a mail moved to `cur` in between is then seen twice rather than not at all.
  for (const folder of ['new', 'cur']) {
    for (const file of await readdir(join(path, folder))) {
      if (file.startsWith('.')) continue;
      const stamp = await stampOf(join(path, folder, file));
      const unique = uniqueOf(file);
      if (stamp !== null) found.set(unique, { unique, file: join(folder, file), stamp });
    }
  }
  const entries = [...found.values()].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  return { at, entries };
}

async function stampOf(file: string): Promise<string | null> {
  try {
    const info = await stat(file, { bigint: true });
    return info.isFile() ? info.ctimeNs.toString().padStart(20, '0') : null;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** The mail's bytes, also where it was renamed since; null where it was deleted. */
async function readEntry(path: string, entry: Entry): Promise<{ raw: Buffer; cut: boolean } | null> {
  try {
    return await readCapped(join(path, entry.file));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  const moved = (await readdir(join(path, 'cur'))).find((file) => uniqueOf(file) === entry.unique);
  try {
    return moved === undefined ? null : await readCapped(join(path, 'cur', moved));
  } catch (error) {
    // Renamed once more: its new stamp brings it again on the next read.
    if (isGone(error)) return null;
    throw error;
  }
}

async function readCapped(file: string): Promise<{ raw: Buffer; cut: boolean }> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  if (size <= MAIL_CAP) return { raw: await handle.readFile(), cut: false };
  const { buffer } = await handle.read(Buffer.alloc(MAIL_CAP), 0, MAIL_CAP, 0);
  return { raw: buffer, cut: true };
}

function uniqueOf(file: string): string {
  return file.split(':2,', 1)[0] ?? file;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
