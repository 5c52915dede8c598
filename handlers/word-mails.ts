import { enqueue } from '../src/store/jobs.ts';
import { mailWordsDue, putMailWords, setMailWordsDue } from '../src/store/mail-words.ts';
import { wordsOf } from '../src/store/messages.ts';
import { copiesBackFrom } from '../src/store/rebuild.ts';
import type { Context } from './context.ts';
import type { Keep } from './stage.ts';

/** Mails of one job. */
const STEP = 100;

const JOB = { kind: 'words', key: 'mails', payload: null } as const;

/** Has the words of older mail put into the index, where an earlier version or another engine has left it without them. */
export async function wordOlderMails({ store, clock }: Pick<Context, 'store' | 'clock'>): Promise<void> {
  if ((await mailWordsDue(store.db)) > 0) await store.transaction((tx) => enqueue(tx, JOB, clock.now()));
}

/** The job: reads the newest of the mails that are left, and goes on with another job of its kind. */
export async function mailsWorded(context: Context): Promise<Keep> {
  const { store, clock } = context;
  const copies = await copiesBackFrom(store.db, await mailWordsDue(store.db), STEP);
  const raws = copies.map(({ raw }) => raw);
  const read = await context.reader.read(raws, context.config.limits.messageBytes);
  const words = copies.flatMap(({ id }, at) => wordsOf(id, read[at]));
  const left = copies.length < STEP ? 0 : (copies.at(-1)?.id ?? 1) - 1;
  return async (tx) => {
    await putMailWords(tx, words);
    await setMailWordsDue(tx, left);
    if (left > 0) await enqueue(tx, JOB, clock.now());
  };
}
