import assert from 'node:assert/strict';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { rebuild } from '../../handlers/rebuild.ts';
import { type Bot, openBot } from '../../src/bot.ts';
import { linkMessages } from '../../src/store/components.ts';
import { rawOf } from '../../src/store/messages.ts';
import { listSeries } from '../../src/store/series.ts';
import { silentLog } from '../../src/util/log.ts';
import { madeThreadWithCopies } from '../helpers/made-thread.ts';
import { derivedState } from '../helpers/state.ts';
import { storeTest } from '../helpers/store-test.ts';

const thread = (seeds: readonly number[]) => seeds.flatMap((seed) => madeThreadWithCopies(seed));

/** Every patch that a page shows, of threads to which nothing comes. */
async function patchesOf(bot: Bot): Promise<ReadonlySet<string>> {
  const all = await listSeries(bot.store.db, { limit: 1_000 });
  return new Set(
    all.flatMap(({ series }) => series.patches.map(({ msgid }) => msgid)).filter((msgid) => !msgid.startsWith('<t5.')),
  );
}

storeTest(
  'a rebuild beside a bot that serves loses no mail that comes meanwhile, and no page misses anything',
  async ({ at }, t) => {
    const config = { ...loadConfig(presetPath('default'), {}, { data: at.directory }), database: at.database ?? null };
    const open = async () => {
      const bot = await openBot(config, { log: silentLog });
      t.after(() => bot[Symbol.asyncDispose]());
      return bot;
    };
    const receive = (bot: Bot, mails: readonly Uint8Array[]) =>
      messagesArrived(
        bot,
        mails.map((raw) => ({ raw, label: 'test' })),
        { act: false },
      );
    const [serving, rebuilding] = [await open(), await open()];
    const [early, late] = [thread([1, 2, 3, 4, 5]), thread([6, 7])];
    // Of each thread the last mails come during the rebuild.
    const held = early.splice(early.length - 12).concat(late);
    await receive(serving, early);
    // Two mails that no rule of today links, as a rule of yesterday might have.
    const [one, other] = await serving.store.db.selectFrom('message').select('msgid').orderBy('id', 'desc').execute();
    await serving.store.transaction((tx) =>
      linkMessages(tx, [
        { msgid: one?.msgid ?? '', keys: ['of yesterday', one?.msgid ?? ''] },
        { msgid: other?.msgid ?? '', keys: ['of yesterday', other?.msgid ?? ''] },
      ]),
    );
    const shown = await patchesOf(serving);
    const end = { of: rebuild(rebuilding, () => {}), reached: false };
    void end.of.finally(() => (end.reached = true));
    let looks = 0;
    while (!end.reached) {
      const now = await patchesOf(serving);
      assert.deepEqual(shown.difference(now), new Set(), `look ${looks} misses what was there before`);
      looks += 1;
      const next = held.shift();
      if (next !== undefined) await receive(serving, [next]);
      else await new Promise(setImmediate);
    }
    await end.of;
    await receive(serving, held);
    assert.ok(looks > 1, 'nobody has looked meanwhile');

    const calm = await openBot({ ...config, data: `${at.directory}/calm`, database: null }, { log: silentLog });
    t.after(() => calm[Symbol.asyncDispose]());
    await receive(calm, thread([1, 2, 3, 4, 5, 6, 7]));
    assert.equal(await derivedState(serving.store.db), await derivedState(calm.store.db));
    assert.notEqual(await rawOf(serving.store.db, one?.msgid ?? ''), null);
  },
);
