import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { enqueue } from '../../src/store/jobs.ts';
import { countMailWordsDue } from '../../src/store/mail-words.ts';
import { messageCount, rawOf } from '../../src/store/messages.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import { decide } from '../../src/store/outbox.ts';
import { restoredAt } from '../../src/store/restored.ts';
import { cli } from '../helpers/cli.ts';
import { madeMbox } from '../helpers/made-list.ts';
import { requires } from '../helpers/requires.ts';
import { sampleOutgoing } from '../helpers/samples.ts';
import { derivedState } from '../helpers/state.ts';
import { newDatabase } from '../helpers/store-test.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { tempStore } from '../helpers/temp-store.ts';

/** An installation on SQLite with so many series, and a configuration that names an empty database. */
async function installation(t: TestContext, series: number) {
  const directory = tempDir(t);
  const data = join(directory, 'data');
  const database = await newDatabase();
  const project = 'projects: {demo: {fallback: true}}\n';
  const [before, after] = [join(directory, 'before.yaml'), join(directory, 'after.yaml')];
  writeFileSync(before, `data: ${data}\nbot: {email: bot@example.org}\n${project}`);
  writeFileSync(after, `data: ${data}\ndatabase: ${database}\nbot: {email: bot@example.org}\n${project}`);
  const box = join(directory, 'list.mbox');
  const receive = async (config: string, count: number) => {
    writeFileSync(box, madeMbox(count));
    return cli('import', box, '--quiet', '--config', config);
  };
  assert.equal((await receive(before, series)).code, 0);
  const copy = () => cli('copy', '--from', 'sqlite', '--to', 'postgres', '--json', '--quiet', '--config', after);
  return { data, database, before, after, receive, copy };
}

const countsOf = (out: string) =>
  new Map(
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { table: string; sqlite: number; postgres: number; brought: number })
      .map((row) => [row.table, row] as const),
  );

const rowsOf = async (store: Store, table: 'job' | 'outbox' | 'cursor' | 'component_key') =>
  (await store.db.selectFrom(table).selectAll().execute()).map((row) => JSON.stringify(row)).toSorted();

test('an installation is moved to PostgreSQL whole, and the old store is sealed', requires('postgres'), async (t) => {
  const { data, database, before, after, receive, copy } = await installation(t, 3);
  const old = await tempStore(t, { directory: data });
  await old.transaction(async (tx) => {
    await enqueue(tx, { kind: 'mirror', key: 'demo x', payload: { list: [1] }, lane: 'git demo' }, 5);
    await decide(
      tx,
      { project: 'demo', key: 'x', kind: 'conflict', outcome: 'o', message: sampleOutgoing('<o@bot>'), mode: 'live' },
      5,
    );
  });
  const said = await copy();
  assert.equal(said.code, 0, said.err);
  const counts = countsOf(said.out);
  assert.equal(counts.get('message')?.postgres, 21);
  for (const { table, sqlite, postgres } of counts.values()) assert.equal(sqlite, postgres, table);
  const moved = await tempStore(t, { directory: data, database });
  assert.equal(await derivedState(moved.db), await derivedState(old.db));
  for (const table of ['job', 'outbox', 'cursor', 'component_key'] as const)
    assert.deepEqual(await rowsOf(moved, table), await rowsOf(old, table));
  assert.deepEqual(await rawOf(moved.db, '<s2-3@made.example>'), await rawOf(old.db, '<s2-3@made.example>'));
  assert.equal(await countMailWordsDue(moved.db), 21, 'the index of words is made anew by who serves');

  assert.match((await receive(before, 4)).err, /moved, to postgres .*STORE_SEALED/);
  const more = await receive(after, 4);
  assert.equal(more.code, 0, more.err);
  assert.equal((await messageCount(moved.db)).copies, 28);
  assert.match((await copy()).err, /it holds data already.*STORE_UNUSABLE/);

  for (const words of [['serve'], ['outbox', 'approve', '<o@bot>']])
    assert.match((await cli(...words, '--config', before)).err, /moved, to postgres .*"patchloom restore".*SEALED/);
  const back = await cli('restore', '--config', before);
  assert.equal(back.code, 0, back.err);
  assert.match(back.err, /Nothing is sent until the mail since .*\nMake sure that the old installation does not run/);
  assert.notEqual(await restoredAt(old.db), null);
  assert.equal((await receive(before, 4)).code, 0);
});

test(
  'a store that is served is copied, and once more after it was stopped, with what is new',
  requires('postgres'),
  async (t) => {
    const { data, database, before, after, receive, copy } = await installation(t, 3);
    const serving = await openStore({ directory: data, intake: true });
    const first = await copy();
    assert.equal(first.code, 0, first.err);
    assert.equal(countsOf(first.out).get('raw')?.brought, 21);
    assert.match((await receive(after, 3)).err, /a copy from SQLite was begun here and is not finished.*STORE_SEALED/);
    assert.equal((await receive(before, 5)).code, 0);
    await serving.close();
    const second = await copy();
    assert.equal(second.code, 0, second.err);
    const { sqlite, postgres, brought } = countsOf(second.out).get('raw') ?? assert.fail();
    assert.deepEqual([sqlite, postgres, brought], [35, 35, 14]);
    const [old, moved] = [
      await tempStore(t, { directory: data, readonly: true }),
      await tempStore(t, { directory: data, database }),
    ];
    assert.equal(await derivedState(moved.db), await derivedState(old.db));
    assert.equal((await receive(after, 6)).code, 0);
  },
);

test(
  'only the copy that exists may be asked for, and only where there is data and the configuration says where to',
  requires('postgres'),
  async (t) => {
    const { before, after } = await installation(t, 1);
    assert.match(
      (await cli('copy', '--from', 'sqlite', '--to', 'postgres', '--config', after, '--data', tempDir(t))).err,
      /there is no data to copy: give --data DIR.*STORE_UNUSABLE/,
    );
    assert.match(
      (await cli('copy', '--from', 'postgres', '--to', 'sqlite', '--config', before)).err,
      /--from sqlite --to postgres.*USAGE/,
    );
    assert.match(
      (await cli('copy', '--from', 'sqlite', '--to', 'postgres', '--config', before)).err,
      /database is not set.*CONFIG_INVALID/,
    );
  },
);
