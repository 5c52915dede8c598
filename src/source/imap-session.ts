import { ImapFlow } from 'imapflow';
import type { FetchMessageObject } from 'imapflow';
import type { Log } from '../util/log.ts';
import type { ImapPlace } from './imap-errors.ts';
import { MAIL_CAP } from './raw-mail.ts';

/** How to reach an IMAP account. `tls`: from the first byte; without it only loopback is spoken to in clear, others by STARTTLS. */
export interface ImapAccount extends ImapPlace {
  readonly tls: boolean;
  readonly password: string;
}

/** How far a folder was read: RFC 3501 §2.3.1.1. UIDs mean something only under their UIDVALIDITY. */
export interface FolderPosition {
  validity: string;
  /** First UID not yet read. */
  next: number;
}

/** One mail of a folder. */
export interface FolderMail {
  readonly folder: string;
  readonly validity: string;
  readonly uid: number;
  readonly raw: Buffer;
  readonly cut: boolean;
}

export interface FolderTask {
  readonly account: ImapAccount;
  readonly folder: string;
  /** Moves on as mails are taken. */
  readonly position: FolderPosition;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Resolves once the mail was dealt with. */
  readonly emit: (mail: FolderMail) => Promise<void>;
  /** The folder is open: the account works. */
  readonly opened: () => void;
  /** The time, epoch ms. */
  readonly now: () => number;
  /** All that had come into the folder by this time has been emitted and dealt with. */
  readonly caughtUp: (at: number) => void;
  /** So long at most the server is left to say by itself that mail has come, ms. */
  readonly lookMs: number;
}

const UIDS_AT_ONCE = 50;
const BYTES_AT_ONCE = 4 * 1024 * 1024;
/** Shorter than what routers forget quiet connections after, and than the 29 minutes of RFC 2177. */
const IDLE_MS = 4 * 60_000;

/** A client for the account, not yet connected; it writes no log of its own. */
export function imapClient(account: ImapAccount): ImapFlow {
  const loopback = ['127.0.0.1', '::1', 'localhost'].includes(account.host);
  const client = new ImapFlow({
    host: account.host,
    port: account.port,
    secure: account.tls,
    ...(account.tls || loopback ? {} : { doSTARTTLS: true }),
    auth: { user: account.user, pass: account.password },
    logger: false,
    connectionTimeout: 30_000,
    maxIdleTime: IDLE_MS,
  });
  // The calls that are under way are rejected as well; an event without a listener would end the process.
  client.on('error', () => {});
  return client;
}

/**
 * One connection's life: open the folder, read what is new, IDLE, and so on until the connection or the signal ends it.
 * @throws what the client threw.
 */
export async function runSession(task: FolderTask): Promise<void> {
  const client = imapClient(task.account);
  const bell = new Bell();
  const stop = (): void => client.close();
  client.on('exists', () => bell.ring());
  client.on('close', () => bell.ring());
  task.signal.addEventListener('abort', stop);
  try {
    task.signal.throwIfAborted();
    await client.connect();
    const mailbox = await client.mailboxOpen(task.folder, { readOnly: true });
    adoptValidity(task, String(mailbox.uidValidity));
    task.opened();
    while (client.usable && !task.signal.aborted) {
      bell.reset();
      const at = task.now();
      // A server may keep what has come since its last answer to itself until it is spoken to; then SEARCH would not find it.
      await client.noop();
      await readNew(client, task);
      if (!task.signal.aborted && client.usable) task.caughtUp(at);
      if (!bell.rung) await Promise.race([client.idle(), bell.wait(task.lookMs)]);
      // A server that ends IDLE at once must not be asked in a tight loop.
      if (!bell.rung) await bell.wait(1_000);
    }
  } finally {
    task.signal.removeEventListener('abort', stop);
    client.close();
  }
}

/** Under a new UIDVALIDITY all is read again: the store knows what it has. */
function adoptValidity({ account, folder, position, log }: FolderTask, validity: string): void {
  if (position.validity === validity) return;
  if (position.validity !== '')
    log.warn({ source: account.name, folder }, `UIDVALIDITY of "${folder}" changed: reading it again from the start`);
  position.validity = validity;
  position.next = 1;
}

async function readNew(client: ImapFlow, task: FolderTask): Promise<void> {
  // `N:*` always matches the newest mail, also where its UID is below N.
  const found = await client.search({ uid: `${task.position.next}:*` }, { uid: true });
  if (!Array.isArray(found)) throw new Error('SEARCH failed');
  const uids = found.filter((uid) => uid >= task.position.next).sort((one, other) => one - other);
  for (let at = 0; at < uids.length && !task.signal.aborted; at += UIDS_AT_ONCE) {
    const some = uids.slice(at, at + UIDS_AT_ONCE);
    const sizes = await client.fetchAll(some.join(','), { uid: true, size: true }, { uid: true });
    for (const batch of batchesOf(sizes)) await readBatch(client, task, batch);
    if (!task.signal.aborted) task.position.next = (some.at(-1) ?? task.position.next) + 1;
  }
}

/** UIDs that fit into memory together; a large mail goes alone. */
function batchesOf(messages: readonly FetchMessageObject[]): number[][] {
  const batches: number[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const message of [...messages].sort((one, other) => one.uid - other.uid)) {
    size += message.size ?? BYTES_AT_ONCE;
    if (size > BYTES_AT_ONCE) {
      batches.push([]);
      size = message.size ?? BYTES_AT_ONCE;
    }
    batches.at(-1)?.push(message.uid);
  }
  return batches;
}

async function readBatch(client: ImapFlow, task: FolderTask, uids: readonly number[]): Promise<void> {
  const { folder, position, signal, log, account } = task;
  const source = { start: 0, maxLength: MAIL_CAP };
  const messages = await client.fetchAll(uids.join(','), { uid: true, size: true, source }, { uid: true });
  for (const message of messages.sort((one, other) => one.uid - other.uid)) {
    if (signal.aborted) return;
    if (message.source === undefined)
      log.error(
        { source: account.name, folder, uid: message.uid },
        `the server gave no text for mail ${message.uid} of "${folder}"`,
      );
    else
      await task.emit({
        folder,
        validity: position.validity,
        uid: message.uid,
        raw: message.source,
        cut: (message.size ?? 0) > MAIL_CAP,
      });
    if (!signal.aborted) position.next = message.uid + 1;
  }
}

/** Remembers that something happened, so that nothing between two waits is missed. */
class Bell {
  rung = false;
  #wake: () => void = () => {};

  reset(): void {
    this.rung = false;
  }

  ring(): void {
    this.rung = true;
    this.#wake();
  }

  /** Resolves at the next ring, or after so many milliseconds. */
  wait(most: number): Promise<void> {
    if (this.rung) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, most);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
