import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { whySendingStops } from '../../handlers/stop-sending.ts';
import { loadConfig } from '../../config/loader.ts';
import { cli } from '../helpers/cli.ts';
import { requires } from '../helpers/requires.ts';
import { newDatabase } from '../helpers/store-test.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { tempStore } from '../helpers/temp-store.ts';

test(
  'what is stopped on one machine is stopped on all of the installation, and goes on for all',
  requires('postgres'),
  async (t) => {
    const database = await newDatabase();
    const machine = (): string => {
      const directory = tempDir(t);
      const file = join(directory, 'patchloom.yaml');
      writeFileSync(
        file,
        `data: data\ndatabase: ${database}\nbot: {email: bot@example.org}\nprojects: {demo: {fallback: true}}\n`,
      );
      return file;
    };
    const [here, there] = [machine(), machine()];
    const store = await tempStore(t, { database });
    const why = () => whySendingStops(loadConfig(there, {}), store);
    assert.equal(await why(), null);
    assert.equal((await cli('outbox', 'stop', '--config', here)).code, 0);
    assert.match((await why()) ?? '', /"patchloom outbox stop" was said 20\d\d-.*; "patchloom outbox go" ends that/);
    assert.equal((await cli('outbox', 'go', '--config', here)).code, 0);
    assert.equal(await why(), null);
  },
);

test('a brake that cannot be seen counts as pulled', requires('postgres'), async (t) => {
  const database = await newDatabase();
  const store = await tempStore(t, { database });
  const file = join(tempDir(t), 'patchloom.yaml');
  writeFileSync(file, `database: ${database}\nbot: {email: bot@example.org}\nprojects: {demo: {fallback: true}}\n`);
  const config = loadConfig(file, {});
  assert.equal(await whySendingStops(config, store), null);
  await store.close();
  assert.match((await whySendingStops(config, store)) ?? '', /does not tell whether sending is stopped/);
});
