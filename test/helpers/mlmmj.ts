import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../src/util/exec.ts';
import { makeDirectories, writeOwned } from './server.ts';
import type { ServerUser } from './server.ts';

/** A mailing list for mlmmj. */
export interface MailingList {
  readonly owner: ServerUser;
  /** Directory of all lists. */
  readonly lists: string;
  /** Local part of its address; the host is lists.test. */
  readonly name: string;
  readonly subscribers: readonly string[];
  /** Where the list hands its copies to. */
  readonly smtpPort: number;
}

const FOLDERS = [
  'incoming',
  'queue',
  'queue/discarded',
  'archive',
  'text',
  'subconf',
  'unsubconf',
  'bounce',
  'control',
  'moderation',
  'subscribers.d',
  'digesters.d',
  'requeue',
  'nomailsubs.d',
];

/** Makes the list's directory as mlmmj-make-ml would, owned by the server's user. Anybody may post. */
export async function makeList(list: MailingList): Promise<void> {
  const { owner, name, subscribers, smtpPort } = list;
  const directory = join(list.lists, name);
  const address = `${name}@lists.test`;
  await makeDirectories(owner, [directory, ...FOLDERS.map((folder) => join(directory, folder))]);
  await cp('/usr/share/mlmmj/text.skel/en', join(directory, 'text'), { recursive: true });
  const headers = [`List-Id: <${name}.lists.test>`, `List-Post: <mailto:${address}>`, 'Precedence: list'];
  const files: Readonly<Record<string, string>> = {
    index: '0\n',
    'control/listaddress': `${address}\n`,
    'control/owner': `${name}-admin@lists.test\n`,
    'control/relayhost': '127.0.0.1\n',
    'control/smtpport': `${smtpPort}\n`,
    'control/customheaders': `${headers.join('\n')}\n`,
    'control/delheaders': 'Return-Path:\n',
    'control/nosubonlydenymails': '\n',
  };
  for (const [file, text] of Object.entries(files)) await writeOwned(owner, join(directory, file), text);
  await writeSubscribers(owner, directory, subscribers);
  if (process.getuid?.() === 0) await exec('chown', ['-R', `${owner.uid}:${owner.gid}`, directory]);
}

/** One file for each first letter. */
async function writeSubscribers(owner: ServerUser, directory: string, subscribers: readonly string[]): Promise<void> {
  const byLetter = Object.groupBy(subscribers, (subscriber) => subscriber.charAt(0).toLowerCase());
  for (const [letter, some] of Object.entries(byLetter)) {
    await writeOwned(owner, join(directory, 'subscribers.d', letter), `${(some ?? []).join('\n')}\n`);
  }
}
