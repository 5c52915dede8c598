import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ApiCase, apiCase } from '../helpers/api-case.ts';
import { runClient, type Said } from '../helpers/client.ts';
import { postedSeries, review } from '../helpers/posted.ts';
import { requires } from '../helpers/requires.ts';

/** Debian's b4, set up by the snippet that the project's page gives, on a list with two versions and two reviews of the first. */
async function b4Case(t: TestContext): Promise<{ its: ApiCase; b4: (...args: string[]) => Promise<Said> }> {
  const its = await apiCase(t);
  const acked = review('x1-0', 'Acked-by: Rob Reviewer <rob@example.org>');
  await its.receive(...postedSeries(its.repo, 'x'), review('x1-1'), acked);
  await its.receive(...postedSeries(its.repo, 'x', 2));
  const snippet = await (await fetch(`${its.url}/project/hello/b4-config`)).text();
  writeFileSync(join(its.directory, '.gitconfig'), `[user]\n\tname = Carl\n\temail = carl@example.org\n${snippet}`);
  const b4 = (...args: string[]) => runClient('b4', args, { cwd: its.repo.path, home: its.directory });
  return { its, b4 };
}

test('b4 am fetches a thread with the trailers in it, and git am takes what it writes', requires('b4'), async (t) => {
  const { its, b4 } = await b4Case(t);
  const { code, out, err } = await b4('am', '-v1', '-t', '-o', '-', 'x1-0@example.org');
  assert.equal(code, 0, err);
  assert.match(err, /Total patches: 2/);
  assert.equal(out.match(/^Acked-by: Rob Reviewer <rob@example.org>$/gm)?.length, 2);
  assert.equal(out.match(/^Reviewed-by: Rob Reviewer <rob@example.org>$/gm)?.length, 1);
  its.repo.git('checkout', '--quiet', '-B', 'try', 'main');
  const applied = its.repo.run(['am', '--quiet'], out);
  assert.equal(applied.code, 0, applied.stderr);
});

test('b4 finds the later and the earlier version by its searches', requires('b4'), async (t) => {
  const { b4 } = await b4Case(t);
  const newer = await b4('am', '-c', '-o', '-', 'x1-1@example.org');
  assert.match(newer.err, /Added from v2: 3 patches/);
  assert.match(newer.out, /^\+two of x v2 2$/m);
  const diff = await b4('diff', '-v', '1', '2', '--', 'x2-0@example.org');
  assert.equal(diff.code, 0, diff.err);
  assert.match(diff.err, /Added from v1: 3 patches/);
  assert.match(diff.out, /a: x part 2/);
});

test('b4 mbox writes the thread as it was posted, and says so of what is not known', requires('b4'), async (t) => {
  const { its, b4 } = await b4Case(t);
  const { code, err } = await b4('mbox', '-o', its.directory, 'x1-1@example.org');
  assert.equal(code, 0, err);
  assert.match(err, /5 messages in the thread/);
  const mbox = readFileSync(join(its.directory, 'x1-1@example.org.mbx'), 'utf8');
  assert.equal(mbox.match(/^From mboxrd@z /gm)?.length ?? mbox.match(/^From /gm)?.length, 5);
  const unknown = await b4('am', '-o', '-', 'nobody@example.org');
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /not known/);
});
