import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deliverTo, makeMaildir } from './maildir.ts';
import {
  fillTemplate,
  freePort,
  makeDirectories,
  removeDirectory,
  serverDirectory,
  ServerProcess,
  serverUser,
  writeOwned,
} from './server.ts';
import type { ServerUser } from './server.ts';

/** A real IMAP server on loopback. Any user may log in with `password`; all see the same Maildir. */
export interface Dovecot extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly maildir: string;
  /** Delivers a mail to a folder, INBOX by default. */
  deliver(raw: string | Uint8Array, folder?: string): Promise<void>;
  addFolder(name: string): Promise<void>;
  /** Makes all UIDs of a folder void, as a restored backup does. Only while the server is down. */
  changeUidValidity(folder?: string): Promise<void>;
  kill9(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts Dovecot on a free port, with a Maildir of its own or a given one (Exim's). */
export async function startDovecot(options: { readonly maildir?: string } = {}): Promise<Dovecot> {
  const owner = await serverUser();
  const directory = await serverDirectory(owner);
  const port = await freePort();
  const maildir = options.maildir ?? join(directory, 'Maildir');
  await makeDirectories(owner, [join(directory, 'run'), join(directory, 'state')]);
  await makeMaildir(owner, maildir);
  const values = {
    DIR: directory,
    MAILDIR: maildir,
    PORT: port,
    USER: owner.user,
    GROUP: owner.group,
    UID: owner.uid,
    GID: owner.gid,
  };
  const config = join(directory, 'dovecot.conf');
  await writeOwned(owner, config, await fillTemplate('dovecot.conf', values));
  const server = new ServerProcess(['dovecot', '-F', '-c', config], owner, port);
  await server.start();
  return handle(server, owner, { directory, maildir, port });
}

function handle(
  server: ServerProcess,
  owner: ServerUser,
  place: { directory: string; maildir: string; port: number },
): Dovecot {
  const folderPath = (folder = 'INBOX'): string =>
    folder === 'INBOX' ? place.maildir : join(place.maildir, `.${folder}`);
  const close = async (): Promise<void> => {
    await server.kill9();
    await removeDirectory(place.directory);
  };
  return {
    host: '127.0.0.1',
    port: place.port,
    user: 'bot',
    password: 'secret',
    maildir: place.maildir,
    deliver: async (raw, folder) => void (await deliverTo(owner, folderPath(folder), raw)),
    addFolder: (name) => makeMaildir(owner, folderPath(name)),
    changeUidValidity: (folder) => changeUidValidity(owner, folderPath(folder)),
    kill9: () => server.kill9(),
    restart: async () => {
      await server.kill9();
      await server.start();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The first line of `dovecot-uidlist` holds `V` and the UIDVALIDITY; the indexes would bring the old one back. */
async function changeUidValidity(owner: ServerUser, maildir: string): Promise<void> {
  const file = join(maildir, 'dovecot-uidlist');
  const list = await readFile(file, 'latin1');
  await writeOwned(
    owner,
    file,
    Buffer.from(
      list.replace(/ V(\d+)/, (_, validity: string) => ` V${Number(validity) + 1}`),
      'latin1',
    ),
  );
  const indexes = (await readdir(maildir)).filter((name) => name.startsWith('dovecot.'));
  for (const name of indexes) await rm(join(maildir, name), { recursive: true });
}
