import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUpstream } from '../../src/mirror/upstream-tree.ts';
import { mirrorCase, newFileDiff, patchWith, requestFor, requestOf } from './mirror-case.ts';

/** main, stable-4.19 and a commit on main's past. */
async function branches() {
  const ids: string[] = [];
  const one = await mirrorCase(
    (repo) => {
      ids.push(repo.commit({ a: '1\n' }, 'One'));
      repo.git('branch', 'stable-4.19');
      ids.push(repo.commit({ a: '2\n' }, 'Two'));
      repo.git('branch', 'topic/x');
      ids.push(repo.commit({ a: '3\n' }, 'Three'));
    },
    { targetBranch: 'stable-{target}' },
  );
  const [first = '', second = '', third = ''] = ids;
  const baseOf = async (more: { baseCommit?: string; target?: string }, asked?: string) =>
    (await one.mirror.apply(requestFor([patchWith(newFileDiff('new'))], more), asked)).base;
  return { one, first, second, third, baseOf, [Symbol.asyncDispose]: () => one[Symbol.asyncDispose]() };
}

test('the base is base-commit, else the target branch, else the default branch', async () => {
  await using all = await branches();
  const { first, second, third, baseOf } = all;
  assert.deepEqual(await baseOf({}), { rule: 'default-branch', name: 'main', commit: third });
  assert.deepEqual(await baseOf({ target: '4.19' }), { rule: 'target-branch', name: 'stable-4.19', commit: first });
  assert.deepEqual(await baseOf({ target: '4.19', baseCommit: second }), {
    rule: 'base-commit',
    name: second,
    commit: second,
  });
});

test('a base-commit that nobody has, is no commit or is no id falls through to the next rule', async () => {
  await using all = await branches();
  const tree = all.one.upstream.git('rev-parse', 'HEAD^{tree}');
  for (const baseCommit of ['0123456789012345678901234567890123456789', tree, 'main', '--help', 'HEAD~1', ''])
    assert.equal((await all.baseOf({ baseCommit }))?.rule, 'default-branch', baseCommit);
});

test('a target that is no branch, or no word at all, falls through to the default branch', async () => {
  await using all = await branches();
  for (const target of ['4.20', '../main', '4.19^0', '4.19..main', '4.19 ', '$(id)', '-', '', '4.19\n', '.lock'])
    assert.equal((await all.baseOf({ target }))?.rule, 'default-branch', target);
});

test('a person may ask for a branch or a commit', async () => {
  await using all = await branches();
  const { second, first, baseOf } = all;
  assert.deepEqual(await baseOf({ target: '4.19' }, 'topic/x'), { rule: 'asked', name: 'topic/x', commit: second });
  const short = first.slice(0, 10);
  assert.deepEqual(await baseOf({}, short), { rule: 'asked', name: short, commit: first });
  for (const asked of ['nothing', 'main~1', '--all', '0123456789', ''])
    await assert.rejects(baseOf({}, asked), { code: 'GIT_REF_MISSING' });
});

test("a commit is upstream's own where one of its branches has it, not where a series made it here", async () => {
  await using all = await branches();
  const { first, third, one } = all;
  const made = await one.mirror.apply(requestFor([patchWith(newFileDiff('new'))]));
  const asked = [first, third, made.tip ?? '', 'main', '--all'].map((id) => isUpstream(one.mirror.repository, id));
  assert.deepEqual(await Promise.all(asked), [true, true, false, false, false]);
});

const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}\n`).join('');

/** A mail that was written for the first commit; then `moves` came upstream. */
async function moved(...moves: readonly string[]) {
  const one = await mirrorCase((repo) => repo.commit({ a: lines(30), b: '1\n' }, 'One'));
  const { upstream, mirror } = one;
  const first = upstream.git('rev-parse', 'HEAD');
  upstream.commit({ a: lines(30).replace('line 15\n', 'fifteen\n') }, 'Work of the author');
  const mails = upstream.formatPatch(`${first}..HEAD`);
  upstream.git('checkout', '-q', '-f', '-B', 'main', first);
  const commits = moves.map((content, at) => upstream.commit({ a: content }, `Move ${at + 1}`));
  await mirror.fetch();
  return { ...one, first, commits, mails };
}

test('the default branch is taken as it was when the mail was written', async () => {
  await using one = await moved(`${lines(30)}x\n`, `${lines(30)}y\n`, `${lines(30)}z\n`);
  const date = one.upstream.git('log', '-1', '--format=%cI', one.commits[1] ?? '');
  const { base } = await one.mirror.apply(await requestOf(one.mails, { date }));
  assert.deepEqual(base, { rule: 'default-branch', name: 'main', commit: one.commits[1] });
});

test('where it does not apply as the branch was, the nearest commit on which it does is taken', async () => {
  await using one = await moved(`x\n${lines(30)}`, lines(30).replace('line 14\n', 'other\n'), lines(14));
  const result = await one.mirror.apply(await requestOf(one.mails));
  assert.equal(result.state, 'applied', result.reason);
  assert.deepEqual(result.base, { rule: 'nearest', name: 'main', commit: one.commits[0] });
  assert.equal((await one.mirror.check(await requestOf(one.mails))).state, 'conflict');
});

test('the series that a mail says to stand on comes before the branch, one in flight after it', async () => {
  await using one = await branches();
  const { mirror } = one.one;
  const lower = await mirror.apply(requestFor([patchWith(newFileDiff('lower'), { msgid: '<lower@x>' })]));
  const [commit, name] = [String(lower.tip), '<lower@x>'];
  const diff = newFileDiff('lower')
    .replace('new file mode 100644\n', '')
    .replace('/dev/null', 'a/lower')
    .replace('@@ -0,0 +1 @@\n', '@@ -1 +1,2 @@\n text\n');
  const upper = (rule: 'based-on' | 'in-flight', content = diff) =>
    mirror.apply(requestFor([patchWith(content, { msgid: `<${rule}@x>` })], { others: [{ rule, name, commit }] }));
  assert.deepEqual((await upper('based-on')).base, { rule: 'based-on', name, commit });
  assert.deepEqual((await upper('in-flight')).base, { rule: 'in-flight', name, commit });
  assert.equal((await upper('in-flight', newFileDiff('other'))).base?.rule, 'default-branch');
});

test('a conflict says what was expected, what is there, who changed it and where it would apply', async () => {
  await using one = await moved(`x\ny\n${lines(30)}`, `x\ny\n${lines(30).replace('line 14\n', 'other\n')}`);
  const { conflict } = await one.mirror.apply(await requestOf(one.mails), 'main');
  const expected = [12, 13, 14, 15, 16, 17, 18].map((number) => `line ${number}`);
  assert.deepEqual(conflict?.place, {
    hunk: 1,
    expected,
    there: expected.with(2, 'other'),
    firstLine: 14,
    commits: [{ commit: one.commits[1], subject: 'Move 2' }],
    fits: { rule: 'nearest', name: 'main', commit: one.commits[0] },
  });
});

test('to ask whether it applies writes nothing', async () => {
  await using one = await moved(`x\n${lines(30)}`);
  const before = [one.git('for-each-ref'), one.git('count-objects', '-v')];
  const fit = await one.mirror.check(await requestOf(one.mails));
  assert.deepEqual(fit, {
    state: 'applied',
    base: { rule: 'default-branch', name: 'main', commit: one.commits[0] },
    already: [],
    conflict: null,
    reason: '',
  });
  assert.deepEqual([one.git('for-each-ref'), one.git('count-objects', '-v')], before);
  assert.equal((await one.mirror.check(requestFor([patchWith(newFileDiff('a'))]))).state, 'conflict');
  assert.equal((await one.mirror.check(requestFor([patchWith(newFileDiff('../a'))]))).state, 'refused');
});
