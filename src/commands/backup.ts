import { resolve } from 'node:path';
import { backUp } from '../store/backup.ts';
import { programVersion } from '../version.ts';
import { PatchloomError } from '../util/errors.ts';
import { type Command, print, say } from './command.ts';

/** `patchloom backup DIRECTORY`: one consistent state of the store, taken while it serves. */
export const backupCommand: Command = {
  name: 'backup',
  usage: 'DIRECTORY',
  summary: 'copy the store to a new directory, also while it serves',
  words: [1, 1],
  async run(invocation) {
    const { terminal, json } = invocation;
    const target = resolve(invocation.words[0] ?? '');
    const { data, database } = invocation.config();
    if (database !== null)
      throw new PatchloomError('USAGE', 'backup: the store is in PostgreSQL: use pg_dump; docs/operations.md says how');
    const facts = { version: programVersion(), now: Date.now() };
    const made = await backUp(data, target, facts);
    if (json) print(terminal, JSON.stringify({ directory: target, ...made }));
    else say(invocation, `${target}: ${made.messages} mails, and all that was decided and said`);
    return 0;
  },
};
