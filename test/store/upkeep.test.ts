import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { putMessages } from '../../src/store/messages.ts';
import { openStore } from '../../src/store/open.ts';
import type { Db } from '../../src/store/schema.ts';
import { sampleMessage } from '../helpers/samples.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** How SQLite means to find the mails of one thread that are of one author. A plan is a statement of its own, and runs nothing that would see a change. */
async function plan(db: Db, thread: number): Promise<string> {
  await sql`select 1 from message`.execute(db);
  const query = `select * from message where author = 'a' and component = ${thread}`;
  const asked = sql<{ detail: string }>`explain query plan ${sql.raw(query)}`;
  return (await asked.execute(db)).rows.map(({ detail }) => detail).join('; ');
}

async function upkeepByAnother(directory: string): Promise<void> {
  const other = await openStore({ directory });
  await other.upkeep();
  await other.close();
}

test('upkeep gives new statistics to readers that were open before, of tables that its writer has not asked', async (t) => {
  const directory = tempDir(t);
  const store = await openStore({ directory });
  const put = (from: number, to: number, author: string, thread: string) =>
    store.transaction(async (tx) => {
      const numbers = Array.from({ length: to - from }, (_, at) => from + at);
      await putMessages(
        tx,
        numbers.map((n) => sampleMessage(`<${n}@x>`, `Subject: ${n}\n\nx`)),
      );
      await sql`update message set author = ${sql.raw(author)}, component = ${sql.raw(thread)}`.execute(tx);
    });
  try {
    await put(0, 10, 'id', '1');
    await upkeepByAnother(directory);
    assert.match(await plan(store.db, 1), /message_author/, 'one thread of ten authors');
    await put(10, 500, "'a'", 'id');
    await upkeepByAnother(directory);
    assert.match(await plan(store.db, 2), /message_component/, 'one author in hundreds of threads');
  } finally {
    await store.close();
  }
});
