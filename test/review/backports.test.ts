import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type BackportCommit,
  type BackportInput,
  backportCandidates,
  isBackportTalk,
  isForVersion,
  requestedCommits,
} from '../../src/review/backports.ts';

const ANN = { name: 'Ann Author', email: 'ann@example.org' };
const id = (name: string): string => Buffer.from(name).toString('hex').padEnd(40, '0');

function commit(name: string, body = '', title = `x: ${name}`): BackportCommit {
  return { commit: id(name), title, message: `${title}\n\n${body}\n`, author: ANN, committed: '2024-01-01T00:00:00Z' };
}

/** Candidates as `name: reasons`, of commits given oldest first. */
function candidates(main: readonly BackportCommit[], more: Partial<BackportInput> = {}) {
  return backportCandidates({
    version: '4.19',
    main: main.toReversed(),
    stable: [],
    resolve: (text) => text.padEnd(40, '0'),
    shared: (text) => text === id('old'),
    requests: [],
    ...more,
  });
}

const kinds = (found: ReturnType<typeof candidates>) =>
  found.map(({ title, reasons }) => `${title}: ${reasons.map(({ kind }) => kind).join(' ')}`);

test('what mends a commit that the branch has is a candidate, what mends a newer one is not', () => {
  const fix = commit('fix', `Fixes: ${id('old')} ("old")`);
  const other = commit('other', `Fixes: ${id('new')} ("new")`);
  assert.deepEqual(kinds(candidates([commit('new'), fix, other])), ['x: fix: fixes']);
});

test('what mends a candidate, or a backport, comes with it', () => {
  const fix = commit('fix', `Fixes: ${id('old')}`);
  const again = commit('again', `Fixes: ${id('fix')}`);
  assert.deepEqual(kinds(candidates([fix, again])), ['x: fix: fixes', 'x: again: fixes']);
  const feature = commit('feature');
  const mend = commit('mend', `Fixes: ${id('feature')}`);
  const stable = [commit('picked', `(cherry picked from commit ${id('feature')})`)];
  assert.deepEqual(kinds(candidates([feature, mend], { stable })), ['x: mend: fixes']);
});

test('a commit may say itself that it is for the branch, or that it is for security', () => {
  const found = candidates([
    commit('a', 'Backport: 4.18+'),
    commit('b', 'Backport: 4.20'),
    commit('c', 'This is XSA-9.'),
  ]);
  assert.deepEqual(kinds(found), ['x: a: tag', 'x: c: security']);
});

test('a version with a plus is for all later ones, too', () => {
  assert.deepEqual(
    ['4.19', '4.18', '4.18+', '4.20+', '3.9+', '5.0+'].map((tag) => isForVersion(tag, '4.19')),
    [true, false, true, false, true, false],
  );
});

test('what is in the branch is known by its origin, else by title and author', () => {
  const [one, two] = [commit('one', 'Backport: 4.19'), commit('two', 'Backport: 4.19')];
  const stable = [commit('p1', `master commit: ${id('one')}`), commit('p2', '', 'x: two')];
  assert.deepEqual(
    candidates([one, two], { stable }).map(({ there }) => there),
    [id('p1'), id('p2')],
  );
});

test('a candidate that was taken back later says so', () => {
  const revert = commit('revert', `This reverts commit ${id('fix')}.`, 'Revert "x: fix"');
  const [found] = candidates([commit('fix', 'Backport: 4.19'), revert]);
  assert.equal(found?.reverted, id('revert'));
});

test('a request in mail names a commit, and who asked', () => {
  const requests = [{ commit: id('one').slice(0, 12), msgid: '<r@example.org>', from: ANN }];
  assert.deepEqual(kinds(candidates([commit('one'), commit('two')], { requests })), ['x: one: request']);
});

test('a request is a line that begins with an id, not quoted and not prose', () => {
  const text = [
    'please take',
    '  e3c409d59ac8 ("x86: mixed mode")',
    '- 0123456789ab x: y',
    '> 8f2fbdb55a3b quoted',
    'defaced is a word',
    '1234567 is a number',
  ].join('\n');
  assert.deepEqual(requestedCommits(text), ['e3c409d59ac8', '0123456789ab']);
});

test('mails about backports to a version are known by their subject', () => {
  assert.ok(isBackportTalk('Re: preparations for 4.17.3', '4.17'));
  assert.ok(isBackportTalk('Backport of XYZ to 4.17', '4.17'));
  assert.ok(!isBackportTalk('preparations for 4.17.3', '4.1'));
  assert.ok(!isBackportTalk('[PATCH for-4.17] x: y', '4.17'));
});
