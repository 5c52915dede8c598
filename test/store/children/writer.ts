import { cursorOf, saveCursor } from '../../../src/store/cursors.ts';
import { putMessages } from '../../../src/store/messages.ts';
import { openStore, type StoreOptions } from '../../../src/store/open.ts';
import { sampleMessage } from '../../helpers/samples.ts';

/**
 * Writes transactions of three parts until it is ended, or COUNT of them, and says each number after its commit.
 * Arguments: the store's options in JSON, name, "intake" or "short", count (0: no end).
 */
const [place = '', name = '', role = '', count = '0'] = process.argv.slice(2);
const end = count === '0' ? Number.POSITIVE_INFINITY : Number(count);

const store = await openStore({ ...(JSON.parse(place) as StoreOptions), intake: role === 'intake' });
for (let done = 0; done < end; done += 1) {
  const number = await store.transaction(async (tx) => {
    const next = Number((await cursorOf(tx, name)) ?? 0) + 1;
    await putMessages(tx, [sampleMessage(`<${name}-${next}-a@x>`, `${name} ${next} a`)]);
    await saveCursor(tx, name, String(next));
    await putMessages(tx, [sampleMessage(`<${name}-${next}-b@x>`, `${name} ${next} b`)]);
    return next;
  });
  process.stdout.write(`${number}\n`);
}
await store.close();
