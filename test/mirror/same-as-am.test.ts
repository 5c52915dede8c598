import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { FileContent, GitRepo } from '../helpers/git-repo.ts';
import { amIds, mirrorCase, requestOf } from './mirror-case.ts';

const lines = (count: number, word = 'line') =>
  Array.from({ length: count }, (_, at) => `${word} ${at + 1}\n`).join('');
const bytes = (count: number, step: number) => Uint8Array.from({ length: count }, (_, at) => (at * step) % 256);

const START: Readonly<Record<string, FileContent>> = {
  'a.txt': lines(40),
  'dir/b.txt': lines(30, 'word'),
  'gone.txt': lines(5),
  'open-end.txt': 'one\ntwo\nthree',
  'dos.txt': lines(20).replaceAll('\n', '\r\n'),
  'data.bin': bytes(600, 7),
  'run.sh': { run: '#!/bin/sh\necho hello\n' },
  'näme mit ümlaut.txt': lines(10),
  link: { link: 'a.txt' },
};

/** Each makes one or more commits on top of START. */
const CASES: Readonly<Record<string, (repo: GitRepo) => void>> = {
  'a plain change in the middle and at both ends': (repo) => {
    repo.commit({ 'a.txt': `first\n${lines(40).replace('line 20\n', 'other\n')}last\n` }, 'Change lines');
  },
  'several patches on the same file': (repo) => {
    for (let at = 1; at <= 5; at++) repo.commit({ 'a.txt': `${lines(at, 'new')}${lines(40)}` }, `Add line ${at}`);
  },
  'a rename with a change': (repo) => {
    repo.commit({ 'a.txt': null, 'dir/c.txt': lines(40).replace('line 3\n', 'three\n') }, 'Move');
  },
  'a copy': (repo) => {
    repo.commit({ 'a.txt': `${lines(40)}more\n`, 'copy.txt': lines(40) }, 'Copy');
  },
  'a changed mode': (repo) => {
    repo.commit({ 'a.txt': { run: lines(40) }, 'run.sh': '#!/bin/sh\necho hello\n' }, 'Change modes');
  },
  'new, empty and deleted files': (repo) => {
    repo.commit({ 'new/file.txt': 'hello\n', empty: '', 'gone.txt': null }, 'Come and go');
  },
  'a binary file, changed and new': (repo) => {
    repo.commit({ 'data.bin': bytes(700, 11), 'new.bin': bytes(3000, 13) }, 'Change bytes');
  },
  'no newline at the end of file, taken away and added': (repo) => {
    repo.commit({ 'open-end.txt': 'one\ntwo\n3', 'a.txt': lines(40).trimEnd() }, 'Open ends');
    repo.commit({ 'open-end.txt': 'one\ntwo\n3\n' }, 'Close an end');
  },
  'a file name that is not ASCII': (repo) => {
    repo.commit({ 'näme mit ümlaut.txt': `${lines(10)}ß\n` }, 'Ändere Ümläute');
  },
  'a symbolic link, changed and new': (repo) => {
    repo.commit({ link: { link: 'dir/b.txt' }, other: { link: '../outside' } }, 'Link');
  },
  'a directory that becomes a file in two steps': (repo) => {
    repo.commit({ 'dir/b.txt': null }, 'Empty the directory');
    repo.commit({ dir: 'now a file\n' }, 'A file of that name');
  },
  'a long message with trailers, odd blanks and an odd author': (repo) => {
    const message = 'Fix: a thing\n\nBody  \n\n\n\nmore\ttext\n\nSigned-off-by: Jürgen Groß <jg@example.org>\n';
    repo.commit({ 'a.txt': lines(39) }, message, "Jürgen O'Groß, Jr. <jg@example.org>");
  },
};

for (const [name, make] of Object.entries(CASES)) {
  test(`commits have the ids of git am: ${name}`, async () => {
    await using one = await mirrorCase((repo) => repo.commit(START, 'Start'));
    const { upstream, mirror } = one;
    const base = upstream.git('rev-parse', 'HEAD');
    make(upstream);
    const mails = upstream.formatPatch(`${base}..HEAD`, '-M', '-C', '--binary', '--full-index');
    const result = await mirror.apply(await requestOf(mails));
    assert.equal(result.reason, '');
    assert.equal(result.step, 'engine', result.because);
    assert.deepEqual(result.commits, amIds(upstream, base, mails));
    assert.deepEqual(
      result.trees,
      result.commits.map((id) => one.git('rev-parse', `${id}^{tree}`)),
    );
    assert.equal(result.tip, result.commits.at(-1));
    assert.equal(result.tree, one.git('rev-parse', `${result.tip}^{tree}`));
    assert.equal(one.git('rev-parse', `${result.ref}`), result.tip);
    one.git('fsck', '--strict', '--no-dangling');
  });
}

test('a patch for a file with CR LF keeps its bytes', async () => {
  await using one = await mirrorCase((repo) => repo.commit(START, 'Start'));
  const { upstream, mirror } = one;
  const base = upstream.git('rev-parse', 'HEAD');
  upstream.commit({ 'dos.txt': lines(20).replace('line 4\n', 'four\n').replaceAll('\n', '\r\n') }, 'Change DOS lines');
  const mails = upstream.formatPatch(`${base}..HEAD`);
  const request = await requestOf(mails);
  const diff = upstream.run(['diff', base, 'HEAD']).stdout.toString('latin1');
  const exact = { ...request, patches: request.patches.map((patch) => Object.assign({}, patch, { diff })) };
  const result = await mirror.apply(exact);
  assert.deepEqual(result.commits, amIds(upstream, base, mails, '--keep-cr'));
});

test('quilt diffs, which have no "diff --git" line, give the ids of git am', async () => {
  await using one = await mirrorCase((repo) => repo.commit(START, 'Start'));
  const { upstream, mirror } = one;
  const base = upstream.git('rev-parse', 'HEAD');
  upstream.commit(
    { 'a.txt': lines(38).replace('line 9\n', 'nine\n'), 'dir/b.txt': lines(31, 'word') },
    'Change two files',
  );
  upstream.commit({ 'new.txt': 'hello\nworld\n', 'gone.txt': null }, 'Come and go');
  const mails = upstream.formatPatch(`${base}..HEAD`).map((mail) => {
    const text = mail.toString('latin1').replace(/^(?:diff --git|index|new file mode|deleted file mode) .*\n/gm, '');
    return Buffer.from(text.replace(/^---\n(?: .*\n)+\n/m, ''), 'latin1');
  });
  assert.doesNotMatch(String(mails[0]), /diff --git/);
  const result = await mirror.apply(await requestOf(mails));
  assert.equal(result.reason, '');
  assert.deepEqual(result.commits, amIds(upstream, base, mails));
});

test('an old diff without a/ and b/ is read as git am reads it', async () => {
  await using one = await mirrorCase((repo) => repo.commit(START, 'Start'));
  const { upstream, mirror } = one;
  const base = upstream.git('rev-parse', 'HEAD');
  upstream.commit({ 'a.txt': `${lines(40)}more\n` }, 'Add a line');
  const mails = upstream.formatPatch(`${base}..HEAD`).map((mail) => {
    const text = mail.toString('latin1').replace(/^(?:diff --git|index) .*\n/gm, '');
    return Buffer.from(text.replace('--- a/a.txt', '--- a.txt').replace('+++ b/a.txt', '+++ a.txt'), 'latin1');
  });
  const result = await mirror.apply(await requestOf(mails));
  assert.equal(result.reason, '');
  assert.deepEqual(result.commits, amIds(upstream, base, mails));
});

test('any generated series on a base that has moved gives the ids of git am, or neither applies', async () => {
  const edit = fc.record({
    at: fc.nat(39),
    remove: fc.nat(3),
    add: fc.array(fc.constantFrom('', 'x', 'line 7', '\ttab '), { maxLength: 3 }),
  });
  const series = fc.array(
    fc.record({ file: fc.constantFrom('a.txt', 'dir/b.txt'), edits: fc.array(edit, { minLength: 1, maxLength: 3 }) }),
    { minLength: 1, maxLength: 4 },
  );
  await using one = await mirrorCase((repo) => repo.commit(START, 'Start'));
  const { upstream, mirror } = one;
  const start = upstream.git('rev-parse', 'HEAD');
  let count = 0;
  await fc.assert(
    fc.asyncProperty(series, series, async (work, moved) => {
      count++;
      const contents: Record<string, string[]> = {
        'a.txt': lines(40).split('\n'),
        'dir/b.txt': lines(30, 'word').split('\n'),
      };
      const play = (steps: typeof work, name: string) => {
        const files = structuredClone(contents);
        for (const [number, { file, edits }] of steps.entries()) {
          for (const { at, remove, add } of edits) files[file]?.splice(at, remove, ...add);
          upstream.commit({ [file]: files[file]?.join('\n') ?? '' }, `${name} ${number} of run ${count}`);
        }
      };
      upstream.git('checkout', '--quiet', '--force', '--detach', start);
      play(work, 'Work');
      const mails = upstream.formatPatch(`${start}..HEAD`, '--always');
      upstream.git('checkout', '--quiet', '--force', '-B', 'moved', start);
      play(moved.slice(0, 1), 'Move');
      const base = upstream.git('rev-parse', 'HEAD');
      await mirror.fetch();
      const full = mails.filter((mail) => mail.includes('\n@@ '));
      if (full.length === 0 || full.length < mails.length) return;
      const result = await mirror.apply(await requestOf(full, { key: `run ${count}` }), 'moved');
      assert.equal(result.base?.commit, base);
      const options = result.step === 'engine' ? [] : ['-3'];
      if (result.state === 'applied' && result.already.length === 0)
        assert.deepEqual(result.commits, amIds(upstream, base, full, ...options));
      else if (result.state === 'conflict') assert.throws(() => amIds(upstream, base, full, '-3'));
    }),
    { numRuns: 25, seed: 20240628 },
  );
  one.git('fsck', '--strict', '--no-dangling');
});
