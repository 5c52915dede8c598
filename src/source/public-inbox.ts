import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { PatchloomError } from '../util/errors.ts';
import { gitText, hasCommit, ObjectReader } from './git-objects.ts';
import { cutNote } from './raw-mail.ts';
import type { RawMail, Source } from './raw-mail.ts';
import { unreadable } from './unreadable.ts';

/**
 * A public-inbox archive: v2 (epochs `git/0.git`, `git/1.git` …, one mail a commit in file `m`), one such epoch, or v1 (one bare
 * repository with one file a mail). Only new commits are read; an epoch whose history was rewritten is read again.
 */
export function publicInboxSource(path: string, name: string = resolve(path)): Source {
  return { name, live: false, read: (cursor, signal) => read(path, name, cursor, signal) };
}

/** Whether the directory looks like a public-inbox archive or a bare git repository. */
export function isPublicInbox(path: string): boolean {
  return existsSync(join(path, 'git', '0.git')) || existsSync(join(path, 'all.git')) || isBare(path);
}

interface Epoch {
  readonly key: string;
  readonly repository: string;
}

/** One mail to read: its object's name, and the commit that brought it. */
interface Item {
  readonly commit: string;
  readonly object: string;
}

/** Objects asked for ahead. */
const AHEAD = 32;
const COMMIT = /^[0-9a-f]{40,64}$/;

async function* read(path: string, name: string, cursor: string | null, signal: AbortSignal): AsyncGenerator<RawMail> {
  const position = parseCursor(cursor);
  try {
    const work = await Promise.all(
      (await epochsOf(path)).map(async (epoch) => ({ epoch, items: await itemsOf(epoch, position) })),
    );
    const total = work.reduce((sum, { items }) => sum + items.length, 0);
    let count = 0;
    for (const { epoch, items } of work) {
      for await (const { item, raw, cut } of blobsOf(epoch, items)) {
        if (signal.aborted) return;
        count += 1;
        if (raw === null) continue;
        position.set(epoch.key, item.commit);
        const label = `${basename(name)}: ${epoch.key} ${item.commit.slice(0, 12)}${cutNote(cut)}`;
        yield { raw, label, cursor: JSON.stringify(Object.fromEntries(position)), done: count / total };
      }
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function* blobsOf(
  epoch: Epoch,
  items: readonly Item[],
): AsyncGenerator<{ item: Item; raw: Buffer | null; cut: boolean }> {
  if (items.length === 0) return;
  const reader = new ObjectReader(epoch.repository);
  try {
    for (const item of items.slice(0, AHEAD)) reader.ask(item.object);
    for (const [index, item] of items.entries()) {
      const blob = await reader.next();
      const ahead = items[index + AHEAD];
      if (ahead !== undefined) reader.ask(ahead.object);
      yield { item, raw: blob?.raw ?? null, cut: blob?.cut ?? false };
    }
  } finally {
    reader.close();
  }
}

/** Epochs in order of time. Where only `all.git` is there, it holds everything. */
async function epochsOf(path: string): Promise<Epoch[]> {
  const root = basename(path) === 'all.git' && existsSync(join(dirname(path), 'git', '0.git')) ? dirname(path) : path;
  const folder = join(root, 'git');
  if (existsSync(join(folder, '0.git'))) {
    const numbers = (await readdir(folder)).flatMap((file) => /^(\d{1,6})\.git$/.exec(file)?.[1] ?? []).map(Number);
    return numbers
      .sort((one, other) => one - other)
      .map((number) => ({ key: String(number), repository: join(folder, `${number}.git`) }));
  }
  const all = join(root, 'all.git');
  if (existsSync(all)) return [{ key: 'all', repository: all }];
  if (isBare(path)) return [{ key: 'git', repository: path }];
  throw new PatchloomError(
    'SOURCE_UNREADABLE',
    `${path}: no public-inbox archive (git/0.git, all.git or a bare repository)`,
  );
}

function isBare(path: string): boolean {
  return existsSync(join(path, 'HEAD')) && existsSync(join(path, 'objects'));
}

/** Mails since the cursor, oldest first. */
async function itemsOf(epoch: Epoch, position: ReadonlyMap<string, string>): Promise<Item[]> {
  const { key, repository } = epoch;
  const tip = await tipOf(repository);
  if (tip === null) return [];
  const last = position.get(key);
  const range = last !== undefined && (await hasCommit(repository, last)) ? [`${last}..${tip}`] : [tip];
  const roots = (await gitText(repository, ['ls-tree', '--name-only', tip])).split('\n');
  if (roots.includes('m') || roots.includes('d')) {
    const commits = await gitText(repository, ['rev-list', '--reverse', ...range, '--']);
    return lines(commits).map((commit) => ({ commit, object: `${commit}:m` }));
  }
  return addedFiles(
    await gitText(repository, [
      'log',
      '--reverse',
      '--format=%H',
      '--raw',
      '--no-abbrev',
      '--no-renames',
      '--root',
      '-r',
      '--diff-filter=AM',
      ...range,
      '--',
    ]),
  );
}

/** v1: what each commit added. `log --raw` prints the commit, then `:mode mode old new status<TAB>path` for each file. */
function addedFiles(log: string): Item[] {
  const items: Item[] = [];
  let commit = '';
  for (const line of lines(log)) {
    const object = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) [AM]/.exec(line)?.[1];
    if (object !== undefined) items.push({ commit, object });
    else if (COMMIT.test(line)) commit = line;
  }
  return items;
}

/** HEAD, or the only branch where HEAD points to one that is not there; null where the archive is still empty. */
async function tipOf(repository: string): Promise<string | null> {
  const refs = lines(await gitText(repository, ['for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads']));
  const head = (await gitText(repository, ['rev-parse', '--symbolic-full-name', 'HEAD']).catch(() => '')).trim();
  const found =
    refs.find((ref) => ref.startsWith(`${head} `)) ??
    refs.find((ref) => ref.startsWith('refs/heads/master ')) ??
    refs[0];
  return found?.split(' ')[1] ?? null;
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** `{"0":"COMMIT","1":"COMMIT"}`: the last commit read, by epoch. What cannot be read means: from the start. */
function parseCursor(cursor: string | null): Map<string, string> {
  try {
    const value: unknown = JSON.parse(cursor ?? '{}');
    const entries = Object.entries(typeof value === 'object' && value !== null ? value : {}) as [string, unknown][];
    return new Map(
      entries.flatMap(([key, commit]) => (typeof commit === 'string' && COMMIT.test(commit) ? [[key, commit]] : [])),
    );
  } catch {
    return new Map();
  }
}
