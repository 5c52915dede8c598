import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import { watchUpstreams } from '../../handlers/tick.ts';
import { OPERATOR } from '../../handlers/notices.ts';
import { openBot } from '../../src/bot.ts';
import { outgoingOf } from '../../src/store/outbox.ts';
import { silentLog } from '../../src/util/log.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test('the operator is told once that a mirror has no room left', async (t) => {
  await using repo = await gitRepo();
  repo.commit({ a: 'one\n' }, 'Begin');
  const base = loadConfig(presetPath('xen'), {}, { data: tempDir(t) });
  const [xen] = base.projects;
  assert.ok(xen?.git);
  const git = { ...xen.git, upstream: repo.path, publish: [], branch: 'main', targetBranch: null, disk: 1 };
  const config = { ...base, bot: { ...base.bot, operator: 'op@example.org' }, projects: [{ ...xen, git }] };
  await using bot = await openBot(config, { log: silentLog });
  await watchUpstreams(bot);
  await watchUpstreams(bot);
  const mails = await outgoingOf(bot.store.db, OPERATOR, OPERATOR);
  assert.deepEqual(
    mails.map(({ message }) => message.subject),
    ['xen: the mirror has no room left'],
  );
  assert.match(mails[0]?.message.text ?? '', /git\.disk allows 1 MiB/);
});
