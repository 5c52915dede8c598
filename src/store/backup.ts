import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { PatchloomError } from '../util/errors.ts';
import { makePrivateFile, PRIVATE_DIRECTORY, PRIVATE_FILE } from './private-file.ts';
import { STORE_FILE } from './sqlite-engine.ts';

/** What a backup says of itself, in `backup.json`. */
export interface BackupFacts {
  readonly version: string;
  /** ISO 8601. */
  readonly made: string;
  readonly messages: number;
}

const FACTS = 'backup.json';
const EVERY_PAGE = 0x7fff_ffff;
/** Kept beside the repositories: commits whose branches have expired, which nobody can make again. */
const isBundles = (name: string): boolean => name.endsWith('.bundles');

/**
 * Copies the store of a data directory, while others read and write it, to a new directory that holds one consistent state,
 * for its owner alone to read.
 * @throws PatchloomError STORE_UNUSABLE where there is no store, the target is there already, or the copy is not whole
 */
export async function backUp(
  data: string,
  target: string,
  facts: { readonly version: string; readonly now: number },
): Promise<BackupFacts> {
  const file = join(data, STORE_FILE);
  if (!existsSync(file)) throw unusable(`${data}: there is no data yet`);
  if (existsSync(target)) throw unusable(`${target}: is there already: name a new directory`);
  const part = join(dirname(target), `.${basename(target)}.part`);
  await makePart(part).catch((error: unknown) => {
    throw unusable(`${target}: cannot be made: ${(error as Error).message}`);
  });
  const source = new DatabaseSync(file, { readOnly: true });
  try {
    // In one step: a copy in several starts again after each write of somebody else, and would never end while mail comes in.
    await backup(source, join(part, STORE_FILE), { rate: EVERY_PAGE });
  } finally {
    source.close();
  }
  await copyBundles(data, part);
  const made = {
    version: facts.version,
    made: new Date(facts.now).toISOString(),
    messages: checked(join(part, STORE_FILE)),
  };
  await writeFile(join(part, FACTS), `${JSON.stringify(made, null, 2)}\n`, { flush: true, mode: PRIVATE_FILE });
  sync(join(part, STORE_FILE));
  sync(part);
  await rename(part, target);
  sync(dirname(target));
  return made;
}

async function makePart(part: string): Promise<void> {
  await rm(part, { recursive: true, force: true });
  await mkdir(dirname(part), { recursive: true });
  await mkdir(part, { mode: PRIVATE_DIRECTORY });
  makePrivateFile(join(part, STORE_FILE));
}

/**
 * Lays a backup into an empty data directory.
 * @param prepare is given the directory of the store before it is in place: to mark it as a copy, so that it is never served unmarked
 * @returns how many mails it holds
 * @throws PatchloomError SOURCE_MISSING, or STORE_UNUSABLE where it is no backup, is damaged, or the data directory holds a store
 */
export async function layDown(
  from: string,
  data: string,
  prepare: (directory: string) => Promise<unknown>,
): Promise<number> {
  const file = join(from, STORE_FILE);
  if (!existsSync(from)) throw new PatchloomError('SOURCE_MISSING', `${from}: no such file or directory`);
  if (!existsSync(file) || !existsSync(join(from, FACTS))) throw unusable(`${from}: is not a backup of patchloom`);
  if (existsSync(join(data, STORE_FILE))) throw unusable(`${data}: holds a store already: name an empty --data`);
  const messages = checked(file);
  const aside = join(data, 'restore.part');
  await rm(aside, { recursive: true, force: true });
  await mkdir(data, { recursive: true });
  await mkdir(aside, { mode: PRIVATE_DIRECTORY });
  await cp(file, join(aside, STORE_FILE));
  // Of an older version, or copied about since, it may have been for everybody.
  await chmod(join(aside, STORE_FILE), PRIVATE_FILE);
  await prepare(aside);
  await copyBundles(from, data);
  sync(join(aside, STORE_FILE));
  await rename(join(aside, STORE_FILE), join(data, STORE_FILE));
  sync(data);
  await rm(aside, { recursive: true });
  return messages;
}

async function copyBundles(from: string, to: string): Promise<void> {
  const names = await readdir(join(from, 'git')).catch(() => []);
  for (const name of names.filter(isBundles)) {
    await mkdir(join(to, 'git'), { recursive: true });
    await cp(join(from, 'git', name), join(to, 'git', name), { recursive: true });
  }
}

/** Reads the whole file. @returns how many mails it holds */
function checked(file: string): number {
  const copy = new DatabaseSync(file, { readOnly: true });
  try {
    const found = copy.prepare('pragma quick_check(1)').get() as { quick_check: string };
    if (found.quick_check !== 'ok') throw unusable(`${file}: is damaged: ${found.quick_check}`);
    return (copy.prepare('select count(*) as mails from message').get() as { mails: number }).mails;
  } catch (error) {
    throw error instanceof PatchloomError ? error : unusable(`${file}: is damaged: ${(error as Error).message}`);
  } finally {
    copy.close();
  }
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function unusable(words: string): PatchloomError {
  return new PatchloomError('STORE_UNUSABLE', words);
}
