import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../util/log.ts';
import { Channel } from './channel.ts';
import { imapError } from './imap-errors.ts';
import { imapClient, runSession } from './imap-session.ts';
import type { FolderMail, FolderPosition, FolderTask, ImapAccount } from './imap-session.ts';
import { cutNote } from './raw-mail.ts';
import type { RawMail, Source } from './raw-mail.ts';

export interface ImapOptions extends ImapAccount {
  /** Each has its own connection. */
  readonly folders: readonly string[];
  /** Milliseconds before the first try again, and at most; 1 s and 5 min by default. */
  readonly retry?: { readonly first: number; readonly longest: number };
  /** Milliseconds after which the folders are looked at though the server has said nothing; 2 min by default. */
  readonly lookMs?: number;
}

/** Who wants to know how far an account was read. */
export interface ImapWatch {
  /** The time, epoch ms. */
  readonly now: () => number;
  /** All that had come into every folder by this time was given to who reads the source. It may not have been stored yet. */
  readonly caughtUp: (at: number) => void;
}

const NOBODY: ImapWatch = { now: () => 0, caughtUp: () => {} };

/**
 * Folders of an IMAP account, read on as mail arrives (IDLE). Folders are only looked at (EXAMINE), never changed.
 * A lost connection is tried again for ever, with growing pauses; each failure is one line in the log.
 * `read` throws PatchloomError IMAP_AUTH or SOURCE_MISSING where the first login is refused or a folder is not there.
 */
export function imapSource(options: ImapOptions, log: Log, watch: ImapWatch = NOBODY): Source {
  return { name: options.name, live: true, read: (cursor, signal) => read({ options, log, watch }, cursor, signal) };
}

const LOOK_MS = 120_000;

/** Logs in and opens every folder once. @throws PatchloomError IMAP_AUTH, IMAP_UNREACHABLE or SOURCE_MISSING. */
export async function verifyImap(options: ImapOptions): Promise<void> {
  const client = imapClient(options);
  let folder = options.folders[0] ?? 'INBOX';
  try {
    await client.connect();
    for (folder of options.folders) await client.mailboxOpen(folder, { readOnly: true });
  } catch (error) {
    throw imapError(options, folder, error);
  } finally {
    client.close();
  }
}

interface Reader {
  readonly options: ImapOptions;
  readonly log: Log;
  readonly watch: ImapWatch;
}

async function* read(
  { options, log, watch }: Reader,
  cursor: string | null,
  outer: AbortSignal,
): AsyncGenerator<RawMail> {
  const stop = new AbortController();
  const signal = AbortSignal.any([outer, stop.signal]);
  const channel = new Channel<FolderMail>(signal);
  const kept = parseCursor(cursor);
  const readTo = new Map<string, number>();
  const caughtUp = (folder: string, at: number): void => {
    readTo.set(folder, at);
    if (readTo.size === new Set(options.folders).size) watch.caughtUp(Math.min(...readTo.values()));
  };
  const workers = options.folders.map((folder) => {
    const position = { ...(kept.get(folder) ?? { validity: '', next: 1 }) };
    const task = {
      account: options,
      folder,
      position,
      signal,
      log,
      emit: (mail: FolderMail) => channel.put(mail),
      opened: () => {},
      now: watch.now,
      caughtUp: (at: number) => caughtUp(folder, at),
      lookMs: options.lookMs ?? LOOK_MS,
    };
    return followFolder(task, options.retry ?? { first: 1_000, longest: 300_000 }).catch((error: unknown) =>
      channel.fail(error),
    );
  });
  try {
    for await (const { folder, validity, uid, raw, cut } of channel) {
      kept.set(folder, { validity, next: uid + 1 });
      yield {
        raw,
        label: `${options.name}: ${folder} uid ${uid}${cutNote(cut)}`,
        cursor: formatCursor(kept),
        done: null,
      };
    }
  } finally {
    stop.abort();
    await Promise.allSettled(workers);
  }
}

/** Sessions one after the other until the signal. Pauses double, with jitter, so that many clients do not come back at once. */
async function followFolder(task: FolderTask, retry: { first: number; longest: number }): Promise<void> {
  const { account, folder, log, signal } = task;
  let everOpened = false;
  let failures = 0;
  const opened = (): void => {
    if (failures > 0) log.info({ source: account.name, folder }, `${account.name}: imap folder "${folder}" is back`);
    everOpened = true;
    failures = 0;
  };
  while (!signal.aborted) {
    const problem = await runSession({ ...task, opened }).then(
      () => null,
      (error: unknown) => imapError(account, folder, error),
    );
    if (signal.aborted) return;
    if (problem !== null && !everOpened && problem.code !== 'IMAP_UNREACHABLE') throw problem;
    const pause = Math.min(retry.longest, retry.first * 2 ** Math.min(failures, 20)) * (0.5 + Math.random() / 2);
    failures += 1;
    const words =
      problem?.message ?? `${account.name}: imap ${account.host}:${account.port}: folder "${folder}": connection lost`;
    log.warn(
      { source: account.name, folder, code: problem?.code ?? 'IMAP_UNREACHABLE' },
      `${words}; next try in ${(pause / 1_000).toFixed(1)} s`,
    );
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}

/** `{"INBOX":"1700000000:42"}`: UIDVALIDITY and the first UID not yet read. */
function formatCursor(positions: ReadonlyMap<string, FolderPosition>): string {
  return JSON.stringify(
    Object.fromEntries([...positions].map(([folder, { validity, next }]) => [folder, `${validity}:${next}`])),
  );
}

function parseCursor(cursor: string | null): Map<string, FolderPosition> {
  const positions = new Map<string, FolderPosition>();
  try {
    const value: unknown = JSON.parse(cursor ?? '{}');
    for (const [folder, text] of Object.entries(typeof value === 'object' && value !== null ? value : {})) {
      const match = /^(\d{1,20}):(\d{1,10})$/.exec(String(text));
      if (match?.[1] !== undefined) positions.set(folder, { validity: match[1], next: Number(match[2]) });
    }
  } catch {
    // A cursor that cannot be read means: from the start.
  }
  return positions;
}
