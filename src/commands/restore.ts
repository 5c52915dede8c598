import type { Config } from '../../config/config.ts';
import { layDown } from '../store/backup.ts';
import { openStore, type StoreOptions } from '../store/open.ts';
import { markRestored } from '../store/restored.ts';
import { PatchloomError } from '../util/errors.ts';
import { type Command, say, tell } from './command.ts';

/** `patchloom restore [DIRECTORY]`: a backup becomes the data directory, or a restored database is marked, so that nothing is said twice. */
export const restoreCommand: Command = {
  name: 'restore',
  usage: '[DIRECTORY]',
  summary:
    'lay a backup into an empty data directory, or mark a restored database; nothing that was said since is said again',
  words: [0, 1],
  async run(invocation) {
    const config = invocation.config();
    const what = await restored(config, invocation.words[0]);
    tell(invocation, { restored: what }, `${what}. Nothing is sent until the mail since the backup has been read.`);
    say(invocation, 'Make sure that the old installation does not run any more: both would speak.');
    return 0;
  },
};

/** @returns what it is that was restored, for people. @throws PatchloomError USAGE */
async function restored({ data, database }: Config, backup: string | undefined): Promise<string> {
  if (database === null) {
    if (backup === undefined) throw new PatchloomError('USAGE', 'restore: give the directory of the backup');
    return `${data}: ${await layDown(backup, data, (directory) => markAsCopy({ directory }).then(() => {}))} mails`;
  }
  if (backup !== undefined)
    throw new PatchloomError(
      'USAGE',
      'restore: restore the database with pg_restore, then run this without a directory',
    );
  return markAsCopy({ directory: data, database });
}

/** @returns where the store is */
async function markAsCopy(options: StoreOptions): Promise<string> {
  const store = await openStore(options);
  try {
    await store.transaction((tx) => markRestored(tx, Date.now()));
    return store.place;
  } finally {
    await store.close();
  }
}
