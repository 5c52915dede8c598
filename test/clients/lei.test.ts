import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { apiCase } from '../helpers/api-case.ts';
import { runClient } from '../helpers/client.ts';
import { postedSeries, review } from '../helpers/posted.ts';
import { requires } from '../helpers/requires.ts';

test('lei searches the archive as any public-inbox, single mails and whole threads', requires('lei'), async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'), review('x1-1'));
  await its.receive(...postedSeries(its.repo, 'y'));
  const lei = (...args: string[]) => runClient('lei', args, { cwd: its.directory, home: its.directory });
  const found = async (name: string, ...args: string[]): Promise<string[]> => {
    const file = join(its.directory, name);
    const { code, err } = await lei('q', '--no-local', '-I', `${its.url}/all/`, '-o', `mboxrd:${file}`, ...args);
    assert.equal(code, 0, err);
    const ids = readFileSync(file, 'utf8').matchAll(/^Message-ID: <(.+)@example.org>$/gm);
    return [...ids].map((match) => match[1] ?? '').sort();
  };
  try {
    assert.deepEqual(await found('one', 's:x part'), ['x1-1', 'x1-2']);
    assert.deepEqual(await found('two', '-t', 's:"make y right"', 'AND', 'f:ann'), ['y1-0', 'y1-1', 'y1-2']);
    assert.deepEqual(await found('three', 'f:rob', 'AND', 'd:20240601..20240701'), ['r-x1-1']);
  } finally {
    // Its daemon stays behind, in a directory that is about to go.
    await lei('daemon-kill');
  }
});
