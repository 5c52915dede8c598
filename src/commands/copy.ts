import type { Config } from '../../config/config.ts';
import { copyStore } from '../store/copy.ts';
import { openStore, type Store, storeExists } from '../store/open.ts';
import { messageCount } from '../store/messages.ts';
import { seal, sealOf, unseal } from '../store/seals.ts';
import { PatchloomError } from '../util/errors.ts';
import { type Command, type Invocation, print, say } from './command.ts';
import { startProgress } from './progress.ts';

const UNFINISHED =
  'a copy from SQLite was begun here and is not finished: run "patchloom copy --from sqlite --to postgres"';

/** `patchloom copy`: moves an installation from the file in the data directory to the PostgreSQL of the configuration. */
export const copyCommand: Command = {
  name: 'copy',
  usage: '--from sqlite --to postgres',
  summary: 'move an installation to PostgreSQL; once while it serves, and once more, shortly, after it was stopped',
  options: { from: { type: 'string' }, to: { type: 'string' } },
  words: [0, 0],
  async run(invocation) {
    const { from, to } = invocation.options;
    if (from !== 'sqlite' || to !== 'postgres')
      throw new PatchloomError('USAGE', 'copy: what it can do is --from sqlite --to postgres');
    const config = invocation.config();
    if (config.database === null)
      throw new PatchloomError('CONFIG_INVALID', `${config.file}: database is not set: it says where the copy goes`);
    // An empty store would be made there, and moved.
    if (!storeExists({ directory: config.data }))
      throw new PatchloomError('STORE_UNUSABLE', `${config.data}: there is no data to copy: give --data DIR`);
    await using target = closing(await openStore({ directory: config.data, database: config.database }));
    await claimTarget(target);
    const stopped = await stoppedStore(config);
    await using source = closing(stopped ?? (await openStore({ directory: config.data, readonly: true })));
    if (stopped !== null)
      await stopped.transaction((tx) =>
        seal(
          tx,
          `its data is being copied, or was moved, to ${target.place}: set database in the configuration; to go back to what is here, "patchloom restore"`,
        ),
      );
    try {
      await copyAll(invocation, source, target);
    } catch (error) {
      if (stopped !== null) await stopped.transaction(unseal);
      throw error;
    }
    if (stopped === null) {
      say(invocation, 'patchloom serves the old store: stop it and run this once more; it will bring what is new');
      return 0;
    }
    await target.transaction(unseal);
    say(invocation, `everything is in ${target.place} now; start patchloom with this configuration`);
    return 0;
  },
};

function closing(store: Store): Store & AsyncDisposable {
  return { ...store, [Symbol.asyncDispose]: () => store.close() };
}

/** Marks an empty database as ours to fill. @throws PatchloomError STORE_UNUSABLE where it has mail that no copy has brought */
async function claimTarget(target: Store): Promise<void> {
  const sealed = await sealOf(target.db);
  if (sealed === UNFINISHED) return;
  if (sealed !== null || (await messageCount(target.db)).copies > 0)
    throw new PatchloomError('STORE_UNUSABLE', `${target.place}: it holds data already; a copy would replace it`);
  await target.transaction((tx) => seal(tx, UNFINISHED));
}

/** The old store, open for writing, where nobody serves it; null where somebody does. */
async function stoppedStore(config: Config): Promise<Store | null> {
  let store: Store;
  try {
    store = await openStore({ directory: config.data, intake: true });
  } catch (error) {
    if (error instanceof PatchloomError && error.code === 'STORE_BUSY') return null;
    throw error;
  }
  // A worker may be there without an intake.
  if ((await store.lock('sender')) !== null) return store;
  await store.close();
  return null;
}

async function copyAll(invocation: Invocation, source: Store, target: Store): Promise<void> {
  const progress = startProgress(invocation, 'copy');
  const started = performance.now();
  try {
    const copied = await copyStore(source, target, (table, done, total) =>
      progress.update(total === 0 ? 1 : done / total, `${table}: ${done} of ${total}`),
    );
    await target.upkeep();
    progress.stop();
    const seconds = (performance.now() - started) / 1000;
    for (const { table, rows, brought } of copied)
      print(
        invocation.terminal,
        invocation.json
          ? JSON.stringify({ table, sqlite: rows, postgres: rows, brought })
          : `${table.padEnd(20)} ${String(rows).padStart(10)} rows on both sides, ${brought} brought`,
      );
    say(invocation, `copied and counted in ${seconds.toFixed(1)} s`);
  } finally {
    progress.stop();
  }
}
