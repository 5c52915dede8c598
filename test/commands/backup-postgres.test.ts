import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sendNext } from '../../handlers/report-decided.ts';
import { stopTeller } from '../../handlers/stop-sending.ts';
import { openBot, STAGES } from '../../src/bot.ts';
import { healthChecks } from '../../src/health.ts';
import { restoredAt } from '../../src/store/restored.ts';
import { exec } from '../../src/util/exec.ts';
import { createLog, silentLog } from '../../src/util/log.ts';
import { drain } from '../../src/worker.ts';
import { cli } from '../helpers/cli.ts';
import { madeMbox } from '../helpers/made-list.ts';
import { postgresPrograms } from '../helpers/postgres.ts';
import { requires } from '../helpers/requires.ts';
import { derivedState } from '../helpers/state.ts';
import { newDatabase } from '../helpers/store-test.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { tempStore } from '../helpers/temp-store.ts';
import { POLICY, recorder, speakingConfig, storeConflicts } from '../sink/speaking-case.ts';

function configFor(directory: string, database: string): string {
  const file = join(directory, `${new URL(database).pathname.slice(1)}.yaml`);
  writeFileSync(
    file,
    `data: data\ndatabase: ${database}\nbot: {email: bot@example.org}\nprojects: {demo: {fallback: true}}\n`,
  );
  return file;
}

/** @returns the dump */
async function dumpInto(directory: string, first: string, second: string): Promise<string> {
  const bin = postgresPrograms() ?? '';
  const dump = join(directory, 'dump');
  await exec(join(bin, 'pg_dump'), ['--format=custom', `--file=${dump}`, first]);
  await exec(join(bin, 'pg_restore'), ['--no-owner', `--dbname=${second}`, dump]);
  return dump;
}

test(
  'a database is dumped and restored with the programs of PostgreSQL, and marked as a copy before it speaks',
  requires('postgres'),
  async (t) => {
    const directory = tempDir(t);
    const [first, second] = [await newDatabase(), await newDatabase()];
    const [old, copy] = [configFor(directory, first), configFor(directory, second)];
    const box = join(directory, 'list.mbox');
    writeFileSync(box, madeMbox(3));
    assert.equal((await cli('import', box, '--quiet', '--config', old)).code, 0);
    assert.match((await cli('backup', directory, '--config', old)).err, /use pg_dump.*USAGE/);

    const dump = await dumpInto(directory, first, second);
    assert.match((await cli('restore', dump, '--config', copy)).err, /without a directory.*USAGE/);
    assert.equal((await cli('restore', '--config', copy)).code, 0);

    const [before, after] = [await tempStore(t, { database: first }), await tempStore(t, { database: second })];
    assert.equal(await derivedState(after.db), await derivedState(before.db));
    assert.equal(await restoredAt(before.db), null);
    assert.notEqual(await restoredAt(after.db), null);
  },
);

test(
  'a restored database that nobody has marked sends nothing, says so once, and is unwell, until it is said to be the only one',
  requires('postgres'),
  async (t) => {
    const directory = tempDir(t);
    const [first, second] = [await newDatabase(), await newDatabase()];
    const config = { ...speakingConfig(directory, 1), database: first };
    await storeConflicts(config, 2);
    {
      await using bot = await openBot(config, { log: silentLog });
      await drain(bot, { report: STAGES.report });
    }
    await dumpInto(directory, first, second);
    const sink = recorder();
    const lines: string[] = [];
    const write = (line: string): boolean => lines.push(line) > 0;
    await using bot = await openBot(
      { ...config, database: second },
      { log: createLog('info', { write } as unknown as NodeJS.WritableStream), readAt: () => Number.POSITIVE_INFINITY },
    );
    const tell = stopTeller(bot);
    const rounds = async (): Promise<number> => {
      for (let round = 0; round < 3; round += 1) {
        await tell();
        await sendNext({ ...bot, sink }, POLICY);
      }
      return sink.taken.length;
    };
    const outboxIsWell = async (): Promise<boolean | undefined> =>
      (await healthChecks({ ...bot, since: 0 })).find(({ name }) => name === 'outbox')?.ok;
    assert.deepEqual([await rounds(), await outboxIsWell()], [0, false]);
    const copy = configFor(directory, second);
    assert.match((await cli('doctor', '--config', copy)).out, /^note {2}store .*nothing is sent: .* is a copy/m);
    const go = await cli('outbox', 'go', '--config', copy);
    assert.equal(go.code, 1);
    assert.match(go.err, /^still nothing is sent: the database is a copy/);
    assert.match((await cli('restore', 'dump', '--moved', '--config', copy)).err, /--moved is for a database.*USAGE/);
    assert.equal((await cli('restore', '--moved', '--config', copy)).code, 0);
    assert.deepEqual([await rounds(), await outboxIsWell()], [2, true]);
    const told = lines.map((line) => (JSON.parse(line) as { msg: string }).msg).filter((msg) => /is sent/.test(msg));
    assert.equal(told.length, 2, told.join());
    assert.match(told[0] ?? '', /^nothing is sent: the database is a copy, or was moved: "patchloom restore" marks/);
    assert.equal(told[1], 'mail is sent again');
  },
);
