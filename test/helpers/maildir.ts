import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectories, writeOwned } from './server.ts';
import type { ServerUser } from './server.ts';

let counter = 0;

/** Makes an empty Maildir. */
export async function makeMaildir(owner: ServerUser, maildir: string): Promise<void> {
  await makeDirectories(owner, [maildir, ...['cur', 'new', 'tmp'].map((folder) => join(maildir, folder))]);
}

/** Delivers as the Maildir format asks for: written into `tmp`, renamed into `new`. Gives the file's unique name. */
export async function deliverTo(owner: ServerUser, maildir: string, raw: string | Uint8Array): Promise<string> {
  counter += 1;
  const name = `${Math.floor(Date.now() / 1_000)}.M${String(counter).padStart(6, '0')}P${process.pid}.test`;
  await writeOwned(owner, join(maildir, 'tmp', name), raw);
  await rename(join(maildir, 'tmp', name), join(maildir, 'new', name));
  return name;
}

/** All mails that are there, in no order. */
export async function mailsIn(maildir: string): Promise<string[]> {
  const texts: string[] = [];
  for (const folder of ['new', 'cur']) {
    for (const file of await readdir(join(maildir, folder)))
      texts.push(await readFile(join(maildir, folder, file), 'utf8'));
  }
  return texts;
}
