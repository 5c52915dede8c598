import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { apiCase } from '../helpers/api-case.ts';
import { runClient } from '../helpers/client.ts';
import { postedSeries, review } from '../helpers/posted.ts';
import { requires } from '../helpers/requires.ts';

interface Answers {
  readonly version: unknown;
  readonly names: unknown;
  readonly hash: unknown;
  readonly unknown: unknown;
  readonly mbox: string;
  readonly diff: string;
  readonly set: unknown;
  readonly check: readonly [boolean, readonly object[]];
  readonly refused: string;
  readonly no_such: string;
}

test("Python's XML-RPC client reads and writes what pwclient does", requires('python3'), async (t) => {
  const its = await apiCase(t);
  await its.receive(...postedSeries(its.repo, 'x'), review('x1-1'));
  const script = join(import.meta.dirname, 'call-xmlrpc.py');
  const url = `${its.url.replace('http://', 'http://pw:robot@')}/xmlrpc/`;
  const { code, out, err } = await runClient('python3', [script, url], { cwd: its.directory, home: its.directory });
  assert.equal(code, 0, err);
  const said = JSON.parse(out) as Answers;
  assert.deepEqual(said.version, [1, 3, 0]);
  const [one, two] = ['[1/2] a: x part 1', '[2/2] a: x part 2'];
  assert.deepEqual(said.names, [[one], [two], [two], [two]]);
  assert.equal(said.hash, true);
  assert.deepEqual(said.unknown, {});
  assert.match(said.mbox, /^Reviewed-by: Rob Reviewer <rob@example.org>$/m);
  assert.match(said.diff, /^\+two of x v1 1$/m);
  assert.deepEqual(said.set, [true, 'Under Review', 'abc']);
  const [kept, [check]] = said.check;
  assert.equal(kept, true);
  assert.partialDeepStrictEqual(check, { context: 'board', state: 'warning', user: 'robot', description: 'a < b & c' });
  assert.match(said.refused, /credentials were not provided/);
  assert.match(said.no_such, /no method system.listMethods/);
});

test('a call that is none, or that could make the reader work, is refused in words', async (t) => {
  const its = await apiCase(t);
  const post = async (body: string): Promise<string> =>
    (await fetch(`${its.url}/xmlrpc/`, { method: 'POST', body, headers: { 'Content-Type': 'text/xml' } })).text();
  const call = (param: string): string =>
    `<?xml version="1.0"?><methodCall><methodName>patch_list</methodName><params><param>${param}</param></params></methodCall>`;
  const deep = `${'<value><array><data>'.repeat(200)}${'</data></array></value>'.repeat(200)}`;
  for (const body of [
    '',
    'x',
    '<a/>',
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><methodCall><methodName>&b;</methodName></methodCall>',
    call(deep),
    call('<value><what>1</what></value>'),
    call('<value><int>x</int></value>'),
  ])
    assert.match(await post(body), /<int>-32700<\/int>/, body.slice(0, 80));
  assert.match(
    await post('<methodCall><methodName>constructor</methodName></methodCall>'),
    /There is no method constructor/,
  );
  assert.match(await post(call('<value><struct></struct></value>')), /<array><data><\/data><\/array>/);
  assert.equal((await fetch(`${its.url}/xmlrpc/`, { method: 'POST', body: 'x'.repeat(100_000) })).status, 413);
});
