import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mirrorCase, newFileDiff, patchWith, requestFor } from './mirror-case.ts';

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
