import { type BundleWish, dropBundle, saveBundle } from '../src/store/bundles.ts';
import { type NewEvent, saveEvents } from '../src/store/events.ts';
import { markPatch, type PatchMarkChange } from '../src/store/patch-marks.ts';
import { type Posting, settlePatches } from '../src/store/postings.ts';
import { peopleByEmail } from '../src/store/people.ts';
import type { Context } from './context.ts';
import { stateChanged } from './events.ts';

/** Who sets something: name and address of a token. */
export interface Actor {
  readonly name: string;
  /** Lower case. */
  readonly email: string;
}

/** Keeps what somebody sets of a patch, and tells it as events. The same again changes nothing that is seen. */
export async function setPatch(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  posting: Posting,
  change: PatchMarkChange,
  actor: Actor,
): Promise<void> {
  const now = clock.now();
  await store.transaction(async (tx) => {
    await markPatch(tx, posting, change, actor.name, now);
    const changed = await settlePatches(tx, posting.project, [posting.msgid]);
    const people = await peopleByEmail(tx, [actor.email, change.delegate ?? '']);
    const by = people.get(actor.email)?.id;
    const events: NewEvent[] = changed.map((one) => stateChanged(one, by));
    if (change.delegate !== undefined) {
      const delegate = people.get(change.delegate ?? '')?.id ?? null;
      const detail = { previous_delegate: posting.delegate, current_delegate: delegate };
      const { id, project } = posting;
      if (delegate !== posting.delegate)
        events.push({
          project,
          category: 'patch-delegated',
          posting: id,
          detail,
          ...(by === undefined ? {} : { actor: by }),
        });
    }
    await saveEvents(tx, events, now);
  });
}

/** Keeps a bundle. @returns its number, or null where its owner has another of that name */
export async function keepBundle(
  { store }: Pick<Context, 'store'>,
  id: number | null,
  wish: BundleWish,
): Promise<number | null> {
  return store.transaction((tx) => saveBundle(tx, id, wish));
}

/** Forgets a bundle. */
export async function forgetBundle({ store }: Pick<Context, 'store'>, id: number): Promise<void> {
  await store.transaction((tx) => dropBundle(tx, id));
}
