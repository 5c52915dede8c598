import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { STAGES } from '../../src/bot.ts';
import type { Check } from '../../src/ci/run.ts';
import { checksOf } from '../../src/store/checks.ts';
import { outgoingOf } from '../../src/store/outbox.ts';
import { drain } from '../../src/worker.ts';
import { buildCase, newest } from '../helpers/build-bot.ts';
import { requires } from '../helpers/requires.ts';

const BOT = fileURLToPath(new URL('../fixtures/ci/bot.ts', import.meta.url));

test(
  'a bot that is killed in the middle of its builds, again and again, ends each job once and leaves no process',
  requires('bwrap'),
  async (t) => {
    const mark = `1000.${process.pid}`;
    const job = `{name: build, run: "echo run $PATCHLOOM_PATCH; sleep 0.3; : ${mark}; [ ! -e bad ]", timeout: 60s, retries: 0}`;
    const its = await buildCase(t, { 'a.c': '0\n' }, `      gate: always\n      jobs: [${job}]\n`);
    const bot = await its.open();
    const mails = its.series('hello', [{ 'a.c': '1\n' }, { bad: '' }, { bad: null }, { 'a.c': '4\n' }]);
    await messagesArrived(
      bot,
      mails.map((raw) => ({ raw, label: 'test' })),
      { act: true },
    );
    const { series } = await newest(bot);
    const ended = async () => (await checksOf(bot.store.db, 'hello', series.key)).length;
    const lives: (readonly Check[])[] = [];
    for (let kills = 0; kills < 6 && (await ended()) < 4; kills++) {
      const child = spawn(process.execPath, [BOT, its.file], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      const before = await ended();
      while ((await ended()) === before && child.exitCode === null) await sleep(10);
      child.kill('SIGKILL');
      await once(child, 'exit');
      lives.push(await checksOf(bot.store.db, 'hello', series.key));
      while (processesWith(mark) > 0) await sleep(10);
      // What the dead bot held is free at once here; in life its lease runs out after half a minute.
      await bot.store.transaction(async (tx) => void (await tx.updateTable('job').set({ lease_until: 0 }).execute()));
    }
    await drain(bot, STAGES);
    const checks = await checksOf(bot.store.db, 'hello', series.key);
    assert.deepEqual(
      checks
        .map((check) => [series.patches.find(({ msgid }) => msgid === check.patch)?.index, check.state])
        .toSorted(([a = 0], [b = 0]) => Number(a) - Number(b)),
      [
        [1, 'success'],
        [2, 'fail'],
        [3, 'success'],
        [4, 'success'],
      ],
    );
    const mail = await outgoingOf(bot.store.db, 'hello', series.key);
    assert.deepEqual(
      mail.map(({ outcome }) => outcome),
      ['build-failed:2'],
    );
  },
);

function processesWith(mark: string): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(join('/proc', pid, 'cmdline'), 'latin1').includes(`: ${mark}`);
    } catch {
      return false;
    }
  }).length;
}
