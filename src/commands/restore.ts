import type { Config } from '../../config/config.ts';
import { layDown } from '../store/backup.ts';
import { rememberHome } from '../store/home.ts';
import { openStore, storeExists, type StoreOptions } from '../store/open.ts';
import { markRestored } from '../store/restored.ts';
import type { Tx } from '../store/schema.ts';
import { unseal } from '../store/seals.ts';
import { PatchloomError } from '../util/errors.ts';
import { type Command, say, tell } from './command.ts';

/** `patchloom restore [DIRECTORY]`: a backup becomes the data directory, or a restored database is marked, so that nothing is said twice. */
export const restoreCommand: Command = {
  name: 'restore',
  usage: '[DIRECTORY] [--moved]',
  summary:
    'lay a backup into an empty data directory, or mark a restored database; nothing that was said since is said again',
  details:
    'without DIRECTORY: what is there is a copy, of PostgreSQL or of a data directory, or the old file after "patchloom copy"\n--moved: the database is no copy of an earlier state, but the installation itself, which was moved or upgraded (pg_upgrade) while it stood still',
  options: { moved: { type: 'boolean' } },
  words: [0, 1],
  async run(invocation) {
    const config = invocation.config();
    if (invocation.options['moved'] === true) {
      const where = await moved(config, invocation.words);
      tell(invocation, { moved: where }, `${where} is where the installation lives now: mail is sent as ever`);
      return 0;
    }
    const what = await restored(config, invocation.words[0]);
    tell(invocation, { restored: what }, `${what}. Nothing is sent until the mail since the backup has been read.`);
    say(invocation, 'Make sure that the old installation does not run any more: both would speak.');
    return 0;
  },
};

/** @returns what it is that was restored, for people. @throws PatchloomError USAGE */
async function restored({ data, database }: Config, backup: string | undefined): Promise<string> {
  if (database === null) {
    if (backup === undefined) {
      if (!storeExists({ directory: data }))
        throw new PatchloomError('USAGE', `restore: there is no data in ${data}: give the directory of the backup`);
      // Its data may have gone on elsewhere: after "patchloom copy" the seal says so.
      return changeStore({ directory: data }, async (tx) => {
        await markAsCopy(tx);
        await unseal(tx);
      });
    }
    const prepare = (directory: string): Promise<unknown> => changeStore({ directory }, markAsCopy);
    return `${data}: ${await layDown(backup, data, prepare)} mails`;
  }
  if (backup !== undefined)
    throw new PatchloomError(
      'USAGE',
      'restore: restore the database with pg_restore, then run this without a directory',
    );
  return changeStore({ directory: data, database }, markAsCopy);
}

async function markAsCopy(tx: Tx): Promise<void> {
  await markRestored(tx, Date.now());
  await rememberHome(tx);
}

/** @returns where the store is. @throws PatchloomError USAGE */
async function moved({ data, database }: Config, words: readonly string[]): Promise<string> {
  if (database === null || words.length > 0)
    throw new PatchloomError('USAGE', 'restore: --moved is for a database of PostgreSQL, and alone');
  return changeStore({ directory: data, database }, rememberHome);
}

/** @returns where the store is */
async function changeStore(options: StoreOptions, change: (tx: Tx) => Promise<void>): Promise<string> {
  const store = await openStore(options);
  try {
    await store.transaction(change);
    return store.place;
  } finally {
    await store.close();
  }
}
