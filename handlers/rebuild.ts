import { linkKeys } from '../src/series/component.ts';
import { linkMessages } from '../src/store/components.ts';
import { messageCount, type ParsedCopy } from '../src/store/messages.ts';
import { clearDerived, eachRaw, replaceDigests } from '../src/store/rebuild.ts';
import type { Context } from './context.ts';
import { deriveComponents } from './derive.ts';
import { openJudge } from './judge.ts';
import { readCopy } from './read-mail.ts';

const BATCH = 200;

/**
 * Derives everything again from the stored mail. Mirrors, checks, jobs and the outbox stay: they tell what was done, not what mail
 * says. Where it is interrupted, run it again.
 * @returns mails read
 */
export async function rebuild(context: Context, onProgress: (done: number, total: number) => void): Promise<number> {
  const { store, config } = context;
  const total = (await messageCount(store.db)).copies;
  const components = new Set<number>();
  let done = 0;
  await store.transaction(clearDerived);
  const keep = async (copies: readonly ParsedCopy[]): Promise<void> => {
    await store.transaction(async (tx) => {
      await replaceDigests(tx, copies);
      const links = copies.map(({ msgid, digest }) => ({ msgid, keys: linkKeys(digest.entry) }));
      for (const component of await linkMessages(tx, links)) components.add(component);
    });
    done += copies.length;
    onProgress(done, total * 2);
  };
  let batch: ParsedCopy[] = [];
  for await (const { raw } of eachRaw(store.db)) {
    batch.push(await readCopy(raw, config.limits.messageBytes));
    if (batch.length < BATCH) continue;
    await keep(batch);
    batch = [];
  }
  await keep(batch);
  const all = [...components];
  for (let at = 0; at < all.length; at += BATCH) {
    const some = all.slice(at, at + BATCH);
    await store.transaction((tx) => deriveComponents(tx, some, config.projects, openJudge(tx, context)));
    onProgress(total + Math.round((total * at) / all.length), total * 2);
  }
  return done;
}
