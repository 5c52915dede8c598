import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mailsIn, makeMaildir } from './maildir.ts';
import { makeList } from './mlmmj.ts';
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

/**
 * A real SMTP server on loopback for lists.test and example.org. Mail to a list goes through mlmmj, all other mail into one
 * Maildir. `tempfail@` is answered with 450, `nobody@` with 550; AUTH PLAIN is bot / secret.
 */
export interface Exim extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly directory: string;
  readonly maildir: string;
  /** A list NAME@lists.test for everybody, with these subscribers. */
  addList(name: string, subscribers: readonly string[]): Promise<void>;
  /** What was delivered so far, in no order. */
  mails(): Promise<string[]>;
  /** Exim's main log, for a failing test. */
  log(): Promise<string>;
  kill9(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts Exim on a free port, with a Maildir of its own or a given one (Dovecot's). */
export async function startExim(
  options: { readonly maildir?: string; readonly lists?: Readonly<Record<string, readonly string[]>> } = {},
): Promise<Exim> {
  const owner = await serverUser();
  const directory = await serverDirectory(owner);
  const port = await freePort();
  const maildir = options.maildir ?? join(directory, 'Maildir');
  const lists = join(directory, 'lists');
  await makeDirectories(
    owner,
    ['spool', 'spool/db', 'spool/input', 'spool/msglog', 'lists'].map((name) => join(directory, name)),
  );
  await makeMaildir(owner, maildir);
  const config = join(directory, 'exim.conf');
  await writeOwned(
    owner,
    config,
    await fillTemplate('exim.conf', {
      DIR: directory,
      MAILDIR: maildir,
      PORT: port,
      USER: owner.user,
      GROUP: owner.group,
    }),
  );
  const addList = (name: string, subscribers: readonly string[]): Promise<void> =>
    makeList({ owner, lists, name, subscribers, smtpPort: port });
  for (const [name, subscribers] of Object.entries(options.lists ?? {})) await addList(name, subscribers);
  const server = new ServerProcess(['exim4', '-C', config, '-bdf', '-q1s'], owner, port);
  await server.start();
  const close = async (): Promise<void> => {
    await server.kill9();
    await removeDirectory(directory);
  };
  return {
    host: '127.0.0.1',
    port,
    user: 'bot',
    password: 'secret',
    directory,
    maildir,
    addList,
    mails: () => mailsIn(maildir),
    log: () => readFile(join(directory, 'mainlog'), 'utf8').catch(() => ''),
    kill9: () => server.kill9(),
    restart: async () => {
      await server.kill9();
      await server.start();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
