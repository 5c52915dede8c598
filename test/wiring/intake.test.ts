import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import { openBot } from '../../src/bot.ts';
import { takeIn } from '../../src/intake.ts';
import type { Source } from '../../src/source/raw-mail.ts';
import { messageCount } from '../../src/store/messages.ts';
import { silentLog } from '../../src/util/log.ts';
import { rawMail } from '../helpers/mail.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** So many mails, then, where told to, a fault. */
function source(count: number, fault: string | null): Source {
  return {
    name: 'test',
    live: false,
    read: async function* () {
      for (let n = 0; n < count; n += 1) {
        yield { raw: rawMail({ 'Message-ID': `<m${n}@x>` }), label: `mail ${n}`, cursor: `${n}`, done: n / count };
      }
      if (fault !== null) throw new Error(fault);
    },
  };
}

for (const readers of [0, 2]) {
  test(`every mail is stored, whether anybody looks on or not, and what came before a fault too (${readers} threads)`, async (t) => {
    const { signal } = new AbortController();
    for (const fault of [null, 'the cable is out']) {
      const config = loadConfig(presetPath('default'), {}, { data: tempDir(t) });
      await using bot = await openBot(config, { log: silentLog, readers });
      const taken = takeIn(bot, source(450, fault), { act: false, signal });
      if (fault === null) await taken;
      else await assert.rejects(taken, /cable/);
      assert.equal((await messageCount(bot.store.db)).messages, 450);
    }
  });
}
