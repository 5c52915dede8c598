import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { tidyLogs } from '../../handlers/tidy-logs.ts';
import { buildCase } from '../helpers/build-bot.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const DAY = 86_400;

test('logs go when they are old, or when there are too many; links are not followed, nor is anything else touched', async (t) => {
  const its = await buildCase(t, { 'a.c': '0\n' }, '      gate: always\n');
  const opened = await its.open();
  const bot = { ...opened, config: { ...opened.config, limits: { ...opened.config.limits, logsSize: 2500 } } };
  const write = async (path: string, age: number): Promise<void> => {
    const file = join(its.data, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'x'.repeat(1000));
    await utimes(file, Date.now() / 1000 - age, Date.now() / 1000 - age);
  };
  await write('logs/a/1-x/log', 100 * DAY);
  await write('logs/b/1-x/log', 3 * DAY);
  await write('logs/b/2-x/log', 2 * DAY);
  await write('logs/c/1-x/log', DAY);
  const outside = tempDir(t);
  await writeFile(join(outside, 'old'), '');
  await utimes(join(outside, 'old'), 0, 0);
  await symlink(outside, join(its.data, 'logs/c/link'));
  await tidyLogs(bot);
  const left = ['a', 'b/1-x/log', 'b/2-x/log', 'c/1-x/log'].filter((path) => existsSync(join(its.data, 'logs', path)));
  assert.deepEqual(left, ['b/2-x/log', 'c/1-x/log']);
  assert.deepEqual([existsSync(join(outside, 'old')), existsSync(join(its.data, 'patchloom.db'))], [true, true]);
});
