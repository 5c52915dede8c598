import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainReader } from '../../handlers/read-mail.ts';
import { readPool } from '../../src/read-pool.ts';
import { rawMail } from '../helpers/mail.ts';

const MAILS = Array.from({ length: 25 }, (_, n) =>
  rawMail({ 'Message-ID': `<m${n}@x>`, Subject: `Re: [PATCH ${n}/25] x` }, `Acked-by: Ann Author <ann@example.org>\n`),
);

test('threads read what one reads, in the same order, however the mails are spread', async () => {
  const plain = await plainReader.read(MAILS, 1e6);
  for (const threads of [1, 3]) {
    const pool = readPool(threads);
    for (const some of [MAILS, MAILS.slice(0, 2), []]) {
      assert.deepEqual(await pool.read(some, 1e6), plain.slice(0, some.length));
    }
    await pool.close();
  }
});

test('a thread that is closed fails what it was asked, and is not waited for', async () => {
  const pool = readPool(1);
  const asked = pool.read(MAILS, 1e6);
  await pool.close();
  await assert.rejects(asked, /reading thread has ended/);
});

test('mail that takes longer than anybody waits is kept by its name, and says why', async () => {
  const pool = readPool(1, { patienceMs: 1 });
  const [first, second] = MAILS;
  assert.ok(first && second);
  const [one, two] = await pool.read([first, second], 1e6);
  const [plain] = await plainReader.read([first], 1e6);
  assert.equal(one?.hash, plain?.hash, 'it is the same mail, for whoever gets it again');
  assert.match(one?.digest.entry.broken ?? '', /^it cannot be read \(not done after 0\.001 s\): kept, but not read$/);
  assert.match(two?.msgid ?? '', /^<[0-9a-f]{64}@no-message-id\.invalid>$/);
  assert.deepEqual(one?.digest.remarks, []);
  await pool.close();
});
