import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import { messageCount } from '../../src/store/messages.ts';
import { requires } from '../helpers/requires.ts';
import { newDatabase } from '../helpers/store-test.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { tempStore } from '../helpers/temp-store.ts';
import { type Member, startMember } from './cluster.ts';

const DEATHS: Readonly<Record<string, (member: Member) => Promise<void>>> = {
  dies: (member) => member.kill9(),
  hangs: async (member) => member.freeze(),
};

for (const [death, die] of Object.entries(DEATHS)) {
  test(
    `one process reads a mailbox, and where it ${death} another takes over within 30 seconds`,
    requires('postgres'),
    async (t) => {
      const directory = tempDir(t);
      const database = await newDatabase();
      const box = join(directory, 'list.mbox');
      const file = join(directory, 'patchloom.yaml');
      writeFileSync(box, '');
      writeFileSync(
        file,
        `database: ${database}\nbot: {email: bot@example.org}\nevidence: {dkim: false}\nsources: [{name: list, mbox: {path: ${box}, poll: 1s}}]\nprojects: {demo: {fallback: true}}\n`,
      );
      const config = loadConfig(file, {});
      const store = await tempStore(t, { database });
      const [first, second] = ['first', 'second'].map((name) => startMember(directory, config, name, 'intake'));
      assert.ok(first && second);
      t.after(() => Promise.all([first.kill9(), second.kill9()]));
      let sent = 0;
      const receive = async (): Promise<number> => {
        sent += 1;
        appendFileSync(
          box,
          `From x Thu Jan  1 00:00:00 2026\nFrom: Ann <ann@example.org>\nMessage-ID: <${sent}@example.org>\nSubject: a question\n\nHow?\n\n`,
        );
        const started = performance.now();
        while ((await messageCount(store.db)).messages < sent) {
          assert.ok(performance.now() - started < 60_000, 'nobody reads the mailbox');
          await sleep(50);
        }
        return performance.now() - started;
      };
      await receive();
      const duty = (member: Member): string[] =>
        [...member.log().matchAll(/"msg":"(on duty|stands by)"/g)].map(([, said]) => said ?? '');
      while (duty(first).length === 0 || duty(second).length === 0) await sleep(50);
      assert.deepEqual(new Set([duty(first)[0], duty(second)[0]]), new Set(['on duty', 'stands by']));
      const [reading, waiting] = duty(first)[0] === 'on duty' ? [first, second] : [second, first];
      await die(reading);
      const taken = await receive();
      t.diagnostic(`taken over after ${(taken / 1000).toFixed(1)} s`);
      assert.ok(taken < 30_000, `${taken} ms`);
      assert.deepEqual(duty(waiting), ['stands by', 'on duty']);
      if (death !== 'hangs') return;
      reading.wake();
      while (duty(reading).length < 2) await sleep(50);
      assert.deepEqual(duty(reading), ['on duty', 'stands by'], 'who wakes finds his place taken');
    },
  );
}

test('a process that has died is not waited for when it is asked for its memory', async (t) => {
  const directory = tempDir(t);
  const member = startMember(directory, loadConfig(presetPath('default'), {}, { data: directory }), 'worker', 'worker');
  await member.kill9();
  await assert.rejects(member.liveMemory(), /^Error: worker does not tell its memory: it ended with SIGKILL$/);
});
