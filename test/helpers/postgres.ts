import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { exec } from '../../src/util/exec.ts';
import { freePort, removeDirectory, serverDirectory, ServerProcess, type ServerUser, serverUser } from './server.ts';

/** A real PostgreSQL server on loopback; everybody on this machine is let in. */
export interface Postgres extends AsyncDisposable {
  readonly port: number;
  readonly directory: string;
  /** URL of a new, empty database. */
  create(): Promise<string>;
  /** Another server on a copy of this one's files, which follows it until somebody promotes it. */
  standby(): Promise<Postgres>;
  /** SIGKILL to all of the server: the fault of a power cut, as far as processes see it. */
  kill9(): Promise<void>;
  /** Ends the server as an administrator does who does not wait: sessions are cut, what was committed stays. */
  stop(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Where Debian keeps programs that belong to one version of the server. */
const HOMES = '/usr/lib/postgresql';

/** Directory of the newest server's programs, or null where none is installed. */
export function postgresPrograms(): string | null {
  const versions = existsSync(HOMES) ? readdirSync(HOMES).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(HOMES, version, 'bin'));
  return found.find((bin) => existsSync(join(bin, 'postgres'))) ?? null;
}

/** Starts a server on a free port. @param durable whether it syncs to disk: for tests that kill it */
export async function startPostgres({ durable = false } = {}): Promise<Postgres> {
  // The server refuses to run as root, and its maker too.
  const settings = ['-U', 'patchloom', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'];
  return startOn(durable, (data) => ['initdb', '-D', data, ...settings]);
}

/** Starts a server on the files that a program makes in a new directory. */
async function startOn(durable: boolean, maker: (data: string) => readonly [string, ...string[]]): Promise<Postgres> {
  const bin = postgresPrograms();
  if (bin === null) throw new Error('PostgreSQL is not installed');
  const owner = await serverUser();
  const directory = await serverDirectory(owner);
  const data = join(directory, 'data');
  const [program, ...words] = maker(data);
  await execAs(owner, [join(bin, program), ...words]);
  const port = await freePort();
  const options = ['-D', data, '-h', '127.0.0.1', '-p', `${port}`, '-k', directory, ...(durable ? [] : ['-F'])];
  const server = new ServerProcess([join(bin, 'postgres'), ...options], owner, port, () => answers(port));
  await server.start();
  let made = 0;
  return {
    port,
    directory,
    async create() {
      made += 1;
      const name = `test${made}`;
      await ask(port, `create database ${name}`);
      return urlOf(port, name);
    },
    standby: () =>
      startOn(durable, (copy) => [
        'pg_basebackup',
        '-D',
        copy,
        '-R',
        '-h',
        '127.0.0.1',
        '-p',
        `${port}`,
        '-U',
        'patchloom',
      ]),
    kill9: () => server.kill9(),
    stop: () => server.end('SIGQUIT'),
    restart: () => startAgain(server),
    close,
    [Symbol.asyncDispose]: close,
  };

  async function close(): Promise<void> {
    await server.kill9();
    await removeDirectory(directory);
  }
}

async function execAs(owner: ServerUser, command: readonly [string, ...string[]]): Promise<void> {
  const [program, ...words] =
    process.getuid?.() === 0
      ? ['setpriv', '--reuid', `${owner.uid}`, '--regid', `${owner.gid}`, '--clear-groups', ...command]
      : command;
  await exec(program ?? '', words);
}

/** What a killed server leaves (its shared memory, its port) may outlive it for a moment: the new one then ends at once. */
async function startAgain(server: ServerProcess): Promise<void> {
  for (let left = 20; ; left -= 1) {
    try {
      return await server.start();
    } catch (error) {
      if (left === 0) throw error;
      await server.kill9();
      await sleep(250);
    }
  }
}

function urlOf(port: number, database: string): string {
  return `postgres://patchloom@127.0.0.1:${port}/${database}`;
}

async function ask(port: number, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(port, 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Whether the server lets us in: it listens before it has recovered. */
async function answers(port: number): Promise<boolean> {
  try {
    await ask(port, 'select 1');
    return true;
  } catch {
    await sleep(20);
    return false;
  }
}
