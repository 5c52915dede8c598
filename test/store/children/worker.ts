import { closeSync, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { claim, complete } from '../../../src/store/jobs.ts';
import { openStore, type StoreOptions } from '../../../src/store/open.ts';

/**
 * Works on jobs until there are none for a while; says the key of each. Its proof of exclusion is a file that only one process
 * can make. Arguments: the store's options in JSON, directory for those files.
 */
const [place = '', locks = ''] = process.argv.slice(2);

const store = await openStore(JSON.parse(place) as StoreOptions);
for (let idle = 0; idle < 20; ) {
  const job = await claim(store, { kinds: ['work'], leaseMs: 60_000, now: Date.now() });
  if (job === null) {
    idle += 1;
    await sleep(10);
    continue;
  }
  idle = 0;
  const file = join(locks, `lane-${job.lane}`);
  closeSync(openSync(file, 'wx'));
  await sleep(3);
  unlinkSync(file);
  await store.transaction((tx) => complete(tx, job));
  process.stdout.write(`${job.key}\n`);
}
await store.close();
