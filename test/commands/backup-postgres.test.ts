import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { restoredAt } from '../../src/store/restored.ts';
import { exec } from '../../src/util/exec.ts';
import { cli } from '../helpers/cli.ts';
import { madeMbox } from '../helpers/made-list.ts';
import { postgresPrograms } from '../helpers/postgres.ts';
import { requires } from '../helpers/requires.ts';
import { derivedState } from '../helpers/state.ts';
import { newDatabase } from '../helpers/store-test.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { tempStore } from '../helpers/temp-store.ts';

test(
  'a database is dumped and restored with the programs of PostgreSQL, and marked as a copy before it speaks',
  requires('postgres'),
  async (t) => {
    const directory = tempDir(t);
    const [first, second] = [await newDatabase(), await newDatabase()];
    const configFor = (database: string): string => {
      const file = join(directory, `${new URL(database).pathname.slice(1)}.yaml`);
      writeFileSync(
        file,
        `data: data\ndatabase: ${database}\nbot: {email: bot@example.org}\nprojects: {demo: {fallback: true}}\n`,
      );
      return file;
    };
    const [old, copy] = [configFor(first), configFor(second)];
    const box = join(directory, 'list.mbox');
    writeFileSync(box, madeMbox(3));
    assert.equal((await cli('import', box, '--quiet', '--config', old)).code, 0);
    assert.match((await cli('backup', directory, '--config', old)).err, /use pg_dump.*USAGE/);

    const bin = postgresPrograms() ?? '';
    const dump = join(directory, 'dump');
    await exec(join(bin, 'pg_dump'), ['--format=custom', `--file=${dump}`, first]);
    await exec(join(bin, 'pg_restore'), ['--no-owner', `--dbname=${second}`, dump]);
    assert.match((await cli('restore', dump, '--config', copy)).err, /without a directory.*USAGE/);
    assert.equal((await cli('restore', '--config', copy)).code, 0);

    const [before, after] = [await tempStore(t, { database: first }), await tempStore(t, { database: second })];
    assert.equal(await derivedState(after.db), await derivedState(before.db));
    assert.equal(await restoredAt(before.db), null);
    assert.notEqual(await restoredAt(after.db), null);
  },
);
