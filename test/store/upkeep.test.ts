import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { putMessages } from '../../src/store/messages.ts';
import { openStore } from '../../src/store/open.ts';
import type { Db } from '../../src/store/schema.ts';
import { sampleMessage } from '../helpers/samples.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** How SQLite means to find the mails of one thread that are of one author. */
async function plan(db: Db): Promise<string> {
  const asked = sql<{ detail: string }>`explain query plan select * from message where author = 'a' and component = 1`;
  return (await asked.execute(db)).rows.map(({ detail }) => detail).join('; ');
}

test('upkeep gives statistics to readers that were open before, of tables that the writer has not asked', async (t) => {
  const directory = tempDir(t);
  await using first = { store: await openStore({ directory }), [Symbol.asyncDispose]: () => first.store.close() };
  // One author, many threads: without statistics the author's index looks as good as the thread's.
  await first.store.transaction(async (tx) => {
    await putMessages(
      tx,
      Array.from({ length: 300 }, (_, n) => sampleMessage(`<${n}@x>`, `Subject: ${n}\n\nx`)),
    );
    await sql`update message set author = 'a', component = id`.execute(tx);
  });
  const before = await plan(first.store.db);
  const other = await openStore({ directory });
  await other.upkeep();
  await other.close();
  assert.match(await plan(first.store.db), /message_component/);
  assert.notEqual(await plan(first.store.db), before);
});
