/** Law 1: what is derived depends on the set of the mails, never on the order in which they came. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { rebuild } from '../../handlers/rebuild.ts';
import { openBot } from '../../src/bot.ts';
import { type ProjectRules } from '../../src/series/series.ts';
import { silentLog } from '../../src/util/log.ts';
import { componentsOf, deriveAll, type Digested, digestOf } from '../helpers/digests.ts';
import { madeThread, madeThreadWithCopies } from '../helpers/made-thread.ts';
import { Random } from '../helpers/random.ts';
import { derivedState } from '../helpers/state.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { readThread, threadNames } from '../helpers/xen-corpus.ts';

const ORDERS = 50;
const THREADS = 200;
const RULES: readonly ProjectRules[] = [
  { name: 'devel', lists: ['devel@lists.example.org'], prefixes: [], fallback: true },
  { name: 'other', lists: ['other@lists.example.net'], prefixes: [], fallback: true },
  { name: 'any', lists: [], prefixes: [], fallback: true },
];

/** All that is derived of these mails, as text. Components are met in the order of arrival, so they are sorted; all within one is as it is. */
function stateOf(mails: readonly Digested[]): string {
  const parts = componentsOf(mails).map((component) => {
    const { series, dispositions, tags } = deriveAll(component, RULES);
    const said = [...tags].map(([id, { cover, patches }]) => [id, cover, [...patches]]);
    return JSON.stringify({ series, dispositions, said }, null, 1);
  });
  return parts.toSorted().join('\n');
}

function assertOneState(mails: readonly Digested[], name: string): void {
  const first = stateOf(mails);
  for (let seed = 1; seed <= ORDERS; seed += 1) {
    assert.equal(stateOf(new Random(seed).shuffle(mails)), first, `${name}, order ${seed}`);
  }
}

describe(`${ORDERS} orders of arrival give the same state, byte for byte`, () => {
  for (const name of threadNames) {
    test(`of the thread ${name}`, async () => assertOneState((await readThread(name)).mails, name));
  }

  test(`of each of ${THREADS} made threads`, async () => {
    for (let seed = 1; seed <= THREADS; seed += 1) {
      assertOneState(await Promise.all(madeThread(seed).map(digestOf)), `thread ${seed}`);
    }
  });

  test('and the made threads are worth it: they have versions, holes, replacements, doubt and objections', async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= THREADS; seed += 1) {
      const state = stateOf(await Promise.all(madeThread(seed).map(digestOf)));
      for (const [word] of state.matchAll(
        /"(?:superseded|held|carried|doubtful|objection|withdrawn|conditional)"|also in|stands in the place|by its subject/g,
      ))
        seen.add(word.replaceAll('"', ''));
    }
    assert.deepEqual([...seen].toSorted(), [
      'also in',
      'by its subject',
      'carried',
      'conditional',
      'doubtful',
      'held',
      'objection',
      'stands in the place',
      'superseded',
      'withdrawn',
    ]);
  });
});

describe('the store', () => {
  test('holds the same after a rebuild', async (t) => {
    const mails = Array.from({ length: 4 }, (_, seed) => madeThreadWithCopies(seed)).flat();
    const config = loadConfig(presetPath('default'), {}, { data: tempDir(t) });
    await using bot = await openBot(config, { log: silentLog });
    for (const raw of new Random(1).shuffle(mails))
      await messagesArrived(bot, [{ raw, label: 'test' }], { act: false });
    const before = await derivedState(bot.store.db);
    await rebuild(bot, () => {});
    assert.equal(await derivedState(bot.store.db), before);
  });

  /** Takes the mails in, in as many runs of the bot as there are batches, and gives the state of the store as text. */
  async function stored(t: TestContext, batches: readonly (readonly Buffer[])[]): Promise<string> {
    const config = loadConfig(presetPath('default'), {}, { data: tempDir(t) });
    for (const batch of batches) {
      await using bot = await openBot(config, { log: silentLog });
      await messagesArrived(
        bot,
        batch.map((raw) => ({ raw, label: 'test' })),
        { act: false },
      );
    }
    await using bot = await openBot(config, { log: silentLog });
    return await derivedState(bot.store.db);
  }

  test('holds the same after any order, with restarts in between and copies of mails, as after one import', async (t) => {
    const mails = Array.from({ length: 15 }, (_, seed) => madeThreadWithCopies(seed)).flat();
    const whole = await stored(t, [mails]);
    for (let seed = 1; seed <= 6; seed += 1) {
      const random = new Random(seed);
      const arrivals = random.shuffle(mails);
      const batches: Buffer[][] = [];
      while (arrivals.length > 0) batches.push(arrivals.splice(0, 1 + random.below(60)));
      assert.equal(await stored(t, batches), whole, `order ${seed}`);
    }
  });

  test('holds the same when every mail comes twice and alone', async (t) => {
    const mails = Array.from({ length: 3 }, (_, seed) => madeThreadWithCopies(seed)).flat();
    const whole = await stored(t, [mails]);
    assert.equal(
      await stored(
        t,
        new Random(1).shuffle([...mails, ...mails]).map((raw) => [raw]),
      ),
      whole,
    );
  });
});
