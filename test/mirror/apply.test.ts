import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { silentLog } from '../../src/util/log.ts';
import type { MirrorPatch } from '../../src/mirror/mirror.ts';
import { openMirror } from '../../src/mirror/open.ts';
import { amIds, mirrorCase, newFileDiff, patchWith, requestFor, requestOf } from './mirror-case.ts';

const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}\n`).join('');

function startCase() {
  return mirrorCase((repo) => repo.commit({ 'a.txt': lines(30), 'dir/b.txt': lines(5) }, 'Start'));
}

test('a conflict names the patch, the file and the line, and keeps the commits before it', async () => {
  await using one = await startCase();
  const { upstream, mirror } = one;
  const base = upstream.git('rev-parse', 'HEAD');
  upstream.commit({ 'new.txt': 'x\n' }, 'Fine');
  upstream.commit({ 'a.txt': lines(30).replace('line 20\n', 'twenty\n') }, 'Does not fit');
  const mails = upstream.formatPatch(`${base}..HEAD`);
  upstream.git('checkout', '-q', '-f', '-B', 'main', base);
  upstream.commit({ 'a.txt': lines(30).replace('line 19\n', 'other\n') }, 'In the way');
  await mirror.fetch();
  const result = await mirror.apply(await requestOf(mails), 'main');
  assert.equal(result.state, 'conflict');
  assert.equal(result.conflict?.index, 2);
  assert.equal(result.conflict.file, 'a.txt');
  assert.equal(result.conflict.line, 17);
  assert.match(result.conflict.msgid, /^<.+@.+>$/);
  assert.match(result.conflict.detail, /^error: patch failed: a\.txt:17\n/);
  assert.match(result.reason, /^patch 2 of 2 does not apply on main \([0-9a-f]{12}\): a\.txt:17$/);
  assert.equal(result.commits.length, 1);
  assert.equal(result.ref, null);
  assert.equal(one.git('for-each-ref', 'refs/heads', 'refs/patchloom'), '');
  assert.throws(() => amIds(upstream, upstream.git('rev-parse', 'main'), mails), /patch does not apply/);
});

test('files that are missing or there already are conflicts, too', async () => {
  await using one = await startCase();
  const missing = newFileDiff('a.txt').replace('new file mode 100644\n', '').replace('/dev/null', 'a/none.txt');
  const cases: readonly [string, RegExp][] = [
    [newFileDiff('a.txt'), /a\.txt: already exists in index/],
    [
      missing.replaceAll('a.txt', 'none.txt').replace('@@ -0,0 +1 @@', '@@ -1 +1 @@\n-old'),
      /none\.txt: does not exist in index/,
    ],
  ];
  for (const [diff, words] of cases) {
    const result = await one.mirror.apply(requestFor([patchWith(diff)]));
    assert.equal(result.state, 'conflict', result.reason);
    assert.match(result.conflict?.detail ?? '', words);
  }
});

test('what is there already is said to be there already', async () => {
  await using one = await startCase();
  const { upstream, mirror } = one;
  const base = upstream.git('rev-parse', 'HEAD');
  upstream.commit({ 'a.txt': lines(31), 'new.txt': 'x\n' }, 'Done');
  const mails = upstream.formatPatch(`${base}..HEAD`);
  await mirror.fetch();
  const result = await mirror.apply(await requestOf(mails));
  assert.equal(result.state, 'already');
  assert.equal(result.ref, null);
  assert.deepEqual(result.already, [1]);
  assert.match(result.reason, /^what it does is there already on main \([0-9a-f]{12}\)$/);
});

test('a mode that is there already changes nothing', async () => {
  await using one = await startCase();
  const result = await one.mirror.apply(
    requestFor([patchWith('diff --git a/a.txt b/a.txt\nold mode 100755\nnew mode 100644\n')]),
  );
  assert.equal(result.state, 'already');
});

const SUBMODULE =
  'diff --git a/sub b/sub\nnew file mode 160000\nindex 0000000..1234567\n--- /dev/null\n+++ b/sub\n@@ -0,0 +1 @@\n+Subproject commit 1234567890123456789012345678901234567890\n';

/** A binary patch of a few hundred bytes whose delta asks for `size` bytes. */
function binaryBomb(size: number): string {
  const varint = (value: number) => {
    const out: number[] = [];
    for (let left = value; ; left = Math.floor(left / 128)) {
      out.push((left % 128) + (left >= 128 ? 128 : 0));
      if (left < 128) return out;
    }
  };
  const delta = Buffer.from([...varint(0), ...varint(size), 1, 65]);
  const packed = deflateSync(delta);
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';
  let text = String.fromCharCode(64 + packed.length);
  for (let at = 0; at < packed.length; at += 4) {
    let word = Buffer.concat([packed.subarray(at, at + 4), Buffer.alloc(4)]).readUInt32BE(0);
    let group = '';
    for (let digit = 0; digit < 5; digit++, word = Math.floor(word / 85)) group = (alphabet[word % 85] ?? '') + group;
    text += group;
  }
  const ids = `index ${'0'.repeat(40)}..${'1'.repeat(40)}`;
  return `diff --git a/x.bin b/x.bin\nnew file mode 100644\n${ids}\nGIT binary patch\ndelta ${delta.length}\n${text}\n\n`;
}

const REFUSED: Readonly<Record<string, { patch: Partial<MirrorPatch>; words: RegExp }>> = {
  'a path that leaves the tree': { patch: { diff: newFileDiff('../evil') }, words: /invalid path '\.\.\/evil'/ },
  'a path that leaves it further down': { patch: { diff: newFileDiff('dir/../../evil') }, words: /invalid path/ },
  'an absolute path': { patch: { diff: newFileDiff('/etc/evil') }, words: /invalid path '\/etc\/evil'/ },
  'a file in .git': { patch: { diff: newFileDiff('.git/hooks/post-checkout') }, words: /invalid path/ },
  'a file in .GIT': { patch: { diff: newFileDiff('sub/.GIT/config') }, words: /invalid path/ },
  'a file in a name that is .git to other systems': {
    patch: { diff: newFileDiff('git~1/config') },
    words: /invalid path/,
  },
  'a file in .git with a character that HFS+ does not see': {
    patch: { diff: newFileDiff('.g\u200cit/config').replaceAll('\u200c', '\xe2\x80\x8c') },
    words: /invalid path/,
  },
  'a file in .git with what NTFS takes off a name': {
    patch: { diff: newFileDiff('.git. ./config') },
    words: /invalid path/,
  },
  'a stream of .git': { patch: { diff: newFileDiff('.git::$INDEX_ALLOCATION/config') }, words: /invalid path/ },
  'a name with a NUL in quotes': {
    patch: { diff: newFileDiff('x').replaceAll('a/x', '"a/x\\000y"').replaceAll('b/x', '"b/x\\000y"') },
    words: /control character/,
  },
  'a name that is too long': { patch: { diff: newFileDiff('n'.repeat(256)) }, words: /too long/ },
  'ten thousand files': {
    patch: { diff: Array.from({ length: 10_000 }, (_, at) => newFileDiff(`many/${at}`)).join('') },
    words: /more than 5000 files/,
  },
  'a name with a newline': {
    patch: { diff: newFileDiff('x').replaceAll('a/x', '"a/x\\ny"').replaceAll('b/x', '"b/x\\ny"') },
    words: /control character: "x\\ny"/,
  },
  'a .gitmodules that is a link': { patch: { diff: newFileDiff('.gitmodules', 'x', '120000') }, words: /invalid path/ },
  'a diff cut in the middle': {
    patch: { diff: newFileDiff('x').replace('+1 @@', '+1,9 @@') },
    words: /corrupt patch at line/,
  },
  'a diff that is none': { patch: { diff: 'hello\n' }, words: /No valid patches/ },
  'an empty diff': { patch: { diff: '\n' }, words: /holds no diff/ },
  'a hunk without context': {
    patch: { diff: 'diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -3,0 +4 @@\n+new\n' },
    words: /without context lines/,
  },
  'an author with a newline': {
    patch: { author: { name: 'A\nB', email: 'a@example.org' } },
    words: /line break or a NUL/,
  },
  'an author with a NUL': { patch: { author: { name: 'A', email: 'a\0@example.org' } }, words: /line break or a NUL/ },
  'an author without an address': { patch: { author: { name: 'A', email: '<>' } }, words: /no mail address/ },
  'a message with a NUL': { patch: { message: 'a\0b\n' }, words: /holds a NUL/ },
  'a date that is none': { patch: { authorDate: 'yesterday' }, words: /date of the patch/ },
  'a diff of too many bytes': {
    patch: { diff: `${newFileDiff('x')}${'\n'.repeat(33 << 20)}` },
    words: /longer than 32 MiB/,
  },
  'a binary patch that says it is huge': {
    patch: { diff: binaryBomb(100).replace(/delta \d+/, 'delta 99999999999') },
    words: /binary parts are too large/,
  },
  'a small binary patch that grows huge': { patch: { diff: binaryBomb(3 * 2 ** 30) }, words: /binary|memory/ },
};

for (const [name, { patch, words }] of Object.entries(REFUSED)) {
  test(`refused with a reason: ${name}`, async () => {
    await using one = await startCase();
    const result = await one.mirror.apply(
      requestFor([patchWith(newFileDiff('ok')), patchWith(newFileDiff('more'), { index: 2, ...patch })]),
    );
    assert.equal(result.state, 'refused', result.reason);
    assert.match(result.reason, /^patch 2 of 2 is refused/);
    assert.match(result.reason, words);
    assert.doesNotMatch(result.reason, /\/data\/|patchloom-git/);
    assert.equal(result.commits.length, 1);
    assert.equal(one.git('for-each-ref', 'refs/heads', 'refs/patchloom'), '');
  });
}

test('what the engine is not certain of is left to git, and the verdict says so', async () => {
  await using one = await startCase();
  const result = await one.mirror.apply(requestFor([patchWith(newFileDiff('x')), patchWith(SUBMODULE, { index: 2 })]));
  assert.equal(result.state, 'applied', result.reason);
  assert.equal(result.step, 'git-am');
  assert.equal(result.because, 'patch 2 was left to git: it concerns a submodule');
  assert.match(
    one.git('ls-tree', String(result.tip), 'sub'),
    /^160000 commit 1234567890123456789012345678901234567890\t/,
  );
  one.git('fsck', '--strict');
});

test('a series of which a part is there already gives commits for the rest', async () => {
  await using one = await startCase();
  const { upstream, mirror } = one;
  const base = upstream.git('rev-parse', 'HEAD');
  upstream.commit({ 'a.txt': lines(31) }, 'There');
  upstream.commit({ 'new.txt': 'x\n' }, 'Not there');
  upstream.commit({ 'dir/b.txt': lines(6) }, 'There, too');
  const mails = upstream.formatPatch(`${base}..HEAD`);
  upstream.git('checkout', '-q', '-f', '-B', 'main', base);
  const tip = upstream.commit({ 'a.txt': lines(31), 'dir/b.txt': lines(6) }, 'Picked');
  await mirror.fetch();
  const request = await requestOf(mails);
  const result = await mirror.apply(request);
  assert.equal(result.state, 'applied', result.reason);
  assert.deepEqual(result.already, [1, 3]);
  const [first, second, third] = result.commits;
  assert.equal(first, tip);
  assert.equal(second, third);
  assert.equal(one.git('rev-list', '--count', `${tip}..${result.tip}`), '1');
  assert.deepEqual(await mirror.apply(request), result);
});

test('a file behind a symbolic link is refused, made by one patch or by two', async () => {
  await using one = await startCase();
  const link = newFileDiff('out', '/tmp', '120000').replace(/\n$/, '\n\\ No newline at end of file\n');
  const inside = newFileDiff('out/evil');
  for (const patches of [[patchWith(link + inside)], [patchWith(link), patchWith(inside, { index: 2 })]]) {
    const result = await one.mirror.apply(requestFor(patches));
    assert.equal(result.state, 'refused', result.reason);
    assert.match(result.reason, /beyond a symbolic link/);
  }
});

test('a name like an address, a name too long and a name of dots give way to the address, as in git', async () => {
  await using one = await startCase();
  for (const name of ['a@example.org via list', 'x'.repeat(61), '...', '']) {
    const author = { name, email: 'ann@example.org' };
    const result = await one.mirror.apply(
      requestFor([patchWith(newFileDiff('x'), { author, msgid: `<${name.length}@x>` })]),
    );
    assert.equal(
      one.git('log', '-1', '--format=%an <%ae> %ad', '--date=raw', String(result.tip)),
      'ann@example.org <ann@example.org> 1704186000 +0100',
    );
  }
});

test('the machine is to blame where the repository is damaged, never the patch', async () => {
  await using one = await startCase();
  const blob = one.git('rev-parse', 'refs/remotes/upstream/main:a.txt');
  const diff = `diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,4 @@\n+new\n line 1\n line 2\n line 3\n`;
  const request = requestFor([patchWith(diff)]);
  one.git('repack', '-a', '-d', '-q');
  const packs = join(one.mirror.repository, 'objects', 'pack');
  const away = join(one.directory, 'away');
  renameSync(packs, away);
  const pack = readdirSync(away).find((name) => name.endsWith('.pack')) ?? '';
  assert.equal(
    one.upstream.run([`--git-dir=${one.mirror.repository}`, 'unpack-objects', '-q'], readFileSync(join(away, pack)))
      .code,
    0,
  );
  rmSync(join(one.mirror.repository, 'objects', blob.slice(0, 2), blob.slice(2)));
  const result = await one.mirror.apply(request);
  assert.equal(result.state, 'error', result.reason);
  assert.equal(result.conflict, null);
  assert.doesNotMatch(result.reason, new RegExp(one.directory));
});

test('a message cannot forge a header of its commit, nor end it early', async () => {
  await using one = await startCase();
  const message = 'Title\n\ntree 0000\nparent 1111\nauthor Eve <eve@example.org> 0 +0000\n\ngpgsig x\n';
  const result = await one.mirror.apply(requestFor([patchWith(newFileDiff('x'), { message })]));
  assert.equal(one.git('log', '-1', '--format=%an|%B', String(result.tip)), `Ann Author|${message}`);
  one.git('fsck', '--strict');
});

test('before the first fetch there is nothing to apply on, and it is said', async () => {
  await using one = await startCase();
  const fresh = await openMirror({ directory: join(one.directory, 'other'), git: one.project, log: silentLog });
  const result = await fresh.apply(requestFor([patchWith(newFileDiff('x'))]));
  assert.equal(result.state, 'error');
  assert.match(result.reason, /nothing has been fetched for project demo yet/);
});

test('a repository that is no longer one is an error and not a conflict', async () => {
  await using one = await startCase();
  rmSync(join(one.mirror.repository, 'objects'), { recursive: true });
  const result = await one.mirror.apply(requestFor([patchWith(newFileDiff('x'))]));
  assert.equal(result.state, 'error');
  assert.match(result.reason, /not a git repository/);
  assert.doesNotMatch(result.reason, new RegExp(one.directory));
});

test('nothing is left behind in the repository', async () => {
  await using one = await startCase();
  await one.mirror.apply(requestFor([patchWith(newFileDiff('x'))]));
  await one.mirror.apply(requestFor([patchWith(newFileDiff('../x'))]));
  const left = [...readdirSync(one.mirror.repository), ...readdirSync(one.directory)];
  assert.deepEqual(
    left.filter((name) => name.startsWith('patchloom-scratch-')),
    [],
  );
});
