import { layDown } from '../store/backup.ts';
import { openStore } from '../store/open.ts';
import { markRestored } from '../store/restored.ts';
import { type Command, say } from './command.ts';

/** `patchloom restore DIRECTORY`: a backup becomes the data directory, in a state in which nothing is said twice. */
export const restoreCommand: Command = {
  name: 'restore',
  usage: 'DIRECTORY',
  summary: 'lay a backup into an empty data directory; nothing that was said since is said again',
  words: [1, 1],
  async run(invocation) {
    const { data } = invocation.config();
    const messages = await layDown(invocation.words[0] ?? '', data, markAsCopy);
    say(invocation, `${data}: ${messages} mails. Nothing is sent until the mail since the backup has been read.`);
    say(invocation, 'Make sure that the old installation does not run any more: both would speak.');
    return 0;
  },
};

async function markAsCopy(directory: string): Promise<void> {
  const store = await openStore({ directory });
  try {
    await store.transaction((tx) => markRestored(tx, Date.now()));
  } finally {
    await store.close();
  }
}
