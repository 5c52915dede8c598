import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { listSeries } from '../../src/store/series.ts';
import { apiCase } from '../helpers/api-case.ts';
import { textOf } from '../helpers/html.ts';
import { postedSeries, review } from '../helpers/posted.ts';
import { requires } from '../helpers/requires.ts';

test('the line for a terminal can be pasted as it is, and brings the tags', requires('curl'), async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'apple'), review('apple1-1'));
  const [found] = await listSeries(its.bot.store.db, { limit: 1 });
  assert.ok(found);
  const page = await (await fetch(`${its.url}/change/${encodeURIComponent(found.series.change)}`)).text();
  const [, line = ''] = /<code>(curl [^<]*git am)<\/code>/.exec(page) ?? [];
  its.repo.git('checkout', '--quiet', 'main');
  // In a process that does not wait: the server is in this one.
  const code = await new Promise((resolve) =>
    spawn('sh', ['-c', textOf(line)], { cwd: its.repo.path, stdio: 'ignore' }).once('exit', resolve),
  );
  assert.equal(code, 0);
  const log = spawnSync('git', ['log', '--format=%B', 'main', '-2'], { cwd: its.repo.path, encoding: 'utf8' });
  assert.match(log.stdout, /apple part 2[\s\S]*apple part 1[\s\S]*Reviewed-by: Rob Reviewer/);
});
