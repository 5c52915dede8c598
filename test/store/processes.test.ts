import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { sql } from 'kysely';
import { cursorOf } from '../../src/store/cursors.ts';
import { enqueue } from '../../src/store/jobs.ts';
import { messageCount, rawOf } from '../../src/store/messages.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/open.ts';
import { describeError } from '../../src/util/errors.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { type StoreCase, storeTest } from '../helpers/store-test.ts';
import { tempStore } from '../helpers/temp-store.ts';

/** A store as an argument of a program. */
const placeOf = (at: StoreCase['at']): string => JSON.stringify(at);

interface Child {
  readonly process: ChildProcess;
  /** Lines said so far. */
  readonly lines: string[];
  readonly errors: string[];
  /** Exit code, or the signal. */
  readonly ended: Promise<number | string | null>;
  said(count: number): Promise<void>;
}

function start(t: TestContext, program: string, args: readonly string[]): Child {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'children', program), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  const errors: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const { promise, resolve } = Promise.withResolvers<number | string | null>();
  child.on('close', (code, signal) => resolve(code ?? signal));
  const said = async (count: number): Promise<void> => {
    while (lines.length < count) {
      const line = new Promise((wake) => reader.once('line', wake));
      const end = await Promise.race([line.then(() => 'line' as const), promise.then(() => 'end' as const)]);
      assert.ok(end === 'line' || lines.length >= count, `the child ended early: ${errors.join('')}`);
    }
  };
  return { process: child, lines, errors, ended: promise, said };
}

/** Every transaction up to the cursor is whole, and nothing is there of the next. */
async function assertWhole(store: Store, name: string): Promise<number> {
  const last = Number((await cursorOf(store.db, name)) ?? 0);
  for (let n = 1; n <= last; n += 1) {
    assert.equal(String(await rawOf(store.db, `<${name}-${n}-a@x>`)), `${name} ${n} a`);
    assert.equal(String(await rawOf(store.db, `<${name}-${n}-b@x>`)), `${name} ${n} b`);
  }
  assert.equal(await rawOf(store.db, `<${name}-${last + 1}-a@x>`), null);
  return last;
}

storeTest(
  'kill -9 of the writer loses no acknowledged transaction, tears none, and frees the intake lease',
  async ({ at, open, engine }, t) => {
    let acknowledged = 0;
    for (let round = 0; round < 5; round += 1) {
      const child = start(t, 'writer.ts', [placeOf(at), 'w', 'intake', '0']);
      await child.said(15 + round * 7);
      child.process.kill('SIGKILL');
      assert.equal(await child.ended, 'SIGKILL');
      acknowledged = Math.max(acknowledged, ...child.lines.map(Number));
      const store = await open({ intake: true });
      const last = await assertWhole(store, 'w');
      assert.ok(last >= acknowledged, `${last} kept of ${acknowledged}`);
      assert.equal((await messageCount(store.db)).copies, last * 2);
      if (engine === 'sqlite') {
        const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(store.db);
        assert.deepEqual(rows, [{ integrity_check: 'ok' }]);
      }
      await store.close();
    }
  },
);

test('while one process serves, another may write and read but not serve', async (t) => {
  const directory = tempDir(t);
  const serving = start(t, 'writer.ts', [placeOf({ directory }), 'serve', 'intake', '0']);
  await serving.said(5);
  await assert.rejects(openStore({ directory, intake: true }), (error) => {
    assert.match(describeError(error), new RegExp(`already serving it \\(pid ${serving.process.pid}\\)`));
    return true;
  });
  const importing = start(t, 'writer.ts', [placeOf({ directory }), 'import', 'short', '40']);
  const reader = await tempStore(t, { directory, readonly: true });
  let seen = 0;
  while (importing.lines.length < 40) {
    const now = Number((await cursorOf(reader.db, 'serve')) ?? 0);
    assert.ok(now >= seen);
    seen = now;
    await importing.said(Math.min(40, importing.lines.length + 5));
  }
  assert.equal(await importing.ended, 0, importing.errors.join(''));
  serving.process.kill('SIGKILL');
  await serving.ended;
  const store = await tempStore(t, { directory });
  assert.equal(await assertWhole(store, 'import'), 40);
  assert.ok((await assertWhole(store, 'serve')) >= Math.max(...serving.lines.map(Number)));
});

storeTest('processes that make the store at the same moment all write to the same one', async ({ at, open }, t) => {
  const writers = ['a', 'b', 'c', 'd'].map((name) => start(t, 'writer.ts', [placeOf(at), name, 'short', '3']));
  for (const writer of writers) assert.equal(await writer.ended, 0, writer.errors.join(''));
  const store = await open();
  for (const name of ['a', 'b', 'c', 'd']) assert.equal(await assertWhole(store, name), 3);
});

storeTest('three processes never work in one lane at the same time, and do each job once', async ({ at, open }, t) => {
  const store = await open();
  const locks = join(store.directory, 'locks');
  mkdirSync(locks);
  const keys = Array.from({ length: 60 }, (_, n) => `job-${n}`);
  await store.transaction(async (tx) => {
    for (const [n, key] of keys.entries()) {
      await enqueue(tx, { kind: 'work', key, lane: `repository-${n % 4}`, payload: null }, 1);
    }
  });
  const workers = [1, 2, 3].map(() => start(t, 'worker.ts', [placeOf(at), locks]));
  for (const worker of workers) assert.equal(await worker.ended, 0, worker.errors.join(''));
  assert.deepEqual(workers.flatMap((worker) => worker.lines).toSorted(), keys.toSorted());
});
