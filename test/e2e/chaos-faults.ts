import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Dovecot } from '../helpers/dovecot.ts';
import type { Postgres } from '../helpers/postgres.ts';
import type { Random } from '../helpers/random.ts';
import type { SmallDisk } from '../helpers/small-disk.ts';
import type { Cutter } from '../helpers/tcp-proxy.ts';
import type { SmtpPoint, SmtpProxy } from '../sink/smtp-proxy.ts';
import type { Member } from './cluster.ts';

/** All that can be broken. */
export interface Victims {
  readonly members: readonly Member[];
  readonly postgres: Postgres;
  readonly database: string;
  readonly dovecot: Dovecot;
  readonly imap: Cutter;
  readonly smtp: SmtpProxy;
  /** Where one of the workers keeps its repository and builds. */
  readonly disk: SmallDisk;
}

export type Faults = Readonly<Record<string, () => Promise<void>>>;

const POINTS: readonly SmtpPoint[] = [
  'connect',
  'EHLO',
  'MAIL',
  'RCPT',
  'DATA',
  'text',
  'dot',
  'answer',
  'answered',
  'QUIT',
];
const DAY = 86_400_000;
/**
 * The farthest that the database's clock jumps, in ms. All processes go by it, and they must not be told that the list was read for as long
 * as an answer may take (`lookMs` of the cluster, six seconds) when it was not.
 */
const MOST_AHEAD = 3_000;
/** About as much as an IMAP session says in a few mails. */
const SESSION_BYTES = 6_000;

/** Each kind of fault: does it, and lets what it broke work again. */
export function faultsOf(victims: Victims, random: Random): Faults {
  const { members, postgres, dovecot, imap, smtp, disk } = victims;
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] ?? assert.fail('nothing to choose from');
  return {
    'process killed': async () => {
      const member = pick(members);
      await member.kill9();
      await sleep(random.below(300));
      member.restart();
    },
    'PostgreSQL killed': async () => {
      await postgres.kill9();
      await sleep(random.below(500));
      await postgres.restart();
    },
    'PostgreSQL restarted': async () => {
      await postgres.stop();
      await postgres.restart();
    },
    'IMAP server killed': () => dovecot.restart(),
    'IMAP connection cut': async () => imap.cutAfter(random.once(3) ? 0 : 1 + random.below(SESSION_BYTES)),
    'SMTP connection cut': async () => {
      const at = pick(POINTS);
      smtp.onPoint = (point, client, server) => {
        if (point !== at) return;
        client.destroy();
        server.destroy();
        smtp.onPoint = () => {};
      };
    },
    'disk full': async () => {
      disk.fill();
      await sleep(200 + random.below(1_500));
      disk.free();
    },
    "a machine's clock jumped": async () => pick(members).setClock(random.below(2 * DAY) - DAY),
    "the database's clock jumped": async () => {
      await setDatabaseClock(victims.database, random.below(2 * MOST_AHEAD) - MOST_AHEAD);
      // Processes ask for the time as they start, and then once a minute.
      const member = pick(members);
      await member.kill9();
      member.restart();
    },
  };
}

/** Lets a database have a clock that can be set: what is asked for the time finds ours first. For sessions that begin after this. */
export async function makeDatabaseClock(database: string): Promise<void> {
  const name = new URL(database).pathname.slice(1);
  await ask(
    database,
    `create schema chaos;
     create table chaos.ahead (ms float8 not null);
     insert into chaos.ahead values (0);
     create function chaos.clock_timestamp() returns timestamptz language sql volatile as
       $$ select pg_catalog.clock_timestamp() + (select ms from chaos.ahead) * interval '1 ms' $$;
     alter database ${name} set search_path = public, chaos, pg_catalog`,
  );
}

export async function setDatabaseClock(database: string, ahead: number): Promise<void> {
  await ask(database, `update chaos.ahead set ms = ${ahead}`);
}

async function ask(database: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
