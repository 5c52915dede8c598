import { linkKeys } from '../src/series/component.ts';
import { setMailWordsDue } from '../src/store/mail-words.ts';
import { messageCount } from '../src/store/messages.ts';
import { eachRaw, forgetEmpty, idsAfter, linkAgain, replaceDigests } from '../src/store/rebuild.ts';
import type { Context } from './context.ts';
import { deriveComponents } from './derive.ts';
import { openJudge } from './judge.ts';

const BATCH = 200;
/** Mails whose components are derived in one transaction: whoever takes mail in waits for it. */
const STEP = 25;

/**
 * Derives everything again from the stored mail, beside whatever serves: first every mail is read, then component after component is
 * linked and derived, each in one transaction, so that everybody sees either what was there or what is right now. Mirrors, checks, jobs and
 * the outbox stay: they tell what was done, not what mail says. Where it is interrupted, run it again.
 * @returns mails read
 */
export async function rebuild(context: Context, onProgress: (done: number, total: number) => void): Promise<number> {
  const { store, config } = context;
  const total = (await messageCount(store.db)).copies;
  let read = 0;
  let batch: Uint8Array[] = [];
  const keep = async (): Promise<void> => {
    const copies = await context.reader.read(batch, config.limits.messageBytes);
    batch = [];
    await store.transaction((tx) => replaceDigests(tx, copies));
    read += copies.length;
    onProgress(read, total * 2);
  };
  for await (const { raw } of eachRaw(store.db)) {
    batch.push(raw);
    if (batch.length === BATCH) await keep();
  }
  await keep();
  await store.transaction((tx) => setMailWordsDue(tx, 0));
  await deriveAll(context, (done) => onProgress(total + done, total * 2));
  await store.transaction(forgetEmpty);
  return read;
}

async function deriveAll(context: Context, onProgress: (done: number) => void): Promise<void> {
  const { store, config } = context;
  const derived = new Set<number>();
  for (let last = 0; ; ) {
    const ids = await idsAfter(store.db, last, STEP);
    if (ids.length === 0) return;
    last = ids.at(-1) ?? last;
    const left = ids.filter((id) => !derived.has(id));
    if (left.length > 0)
      await store.transaction(async (tx) => {
        const { components, messages } = await linkAgain(tx, left, linkKeys);
        await deriveComponents(tx, components, config.projects, openJudge(tx, context));
        for (const id of messages) derived.add(id);
      });
    onProgress(derived.size);
  }
}
