import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import { openBot } from '../../src/bot.ts';
import { takeIn } from '../../src/intake.ts';
import { mboxSource } from '../../src/source/mbox.ts';
import { messageCount } from '../../src/store/messages.ts';
import { silentLog } from '../../src/util/log.ts';
import { madeMbox } from '../helpers/made-list.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test('a source is stored also where nobody watches', async (t) => {
  const data = tempDir(t);
  const mbox = join(data, 'list.mbox');
  writeFileSync(mbox, madeMbox(2));
  await using bot = await openBot(loadConfig(presetPath('default'), {}, { data }), { log: silentLog });
  await takeIn(bot, mboxSource(mbox), { act: false, signal: new AbortController().signal });
  assert.equal((await messageCount(bot.store.db)).messages, 14);
});
