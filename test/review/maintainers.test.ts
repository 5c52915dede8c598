import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseMaintainers, possibleFolders } from '../../src/review/maintainers.ts';
import { parseMaintainersConf, standardOptions } from '../../src/review/maintainers-conf.ts';
import { levelsOf } from '../../src/review/maintainers-cover.ts';
import { recipientsFor } from '../../src/review/maintainers-list.ts';
import { questionOf } from '../../src/review/maintainers-question.ts';
import { NO_MAILMAP, parseMailmap } from '../../src/review/mailmap.ts';

const text = readFileSync(new URL('../fixtures/maintainers/xen-form', import.meta.url), 'utf8');
const xen = parseMaintainers(text, (path) => path === 'tools/bindings');
const options = standardOptions(true);

function told(paths: readonly string[], lines: readonly string[] = []): string {
  const found = recipientsFor(xen, { paths, lines }, options, NO_MAILMAP);
  return found.map(({ email, role }) => `${email.split('@')[0]}${role === 'maintainer' ? '' : ` ${role}`}`).join(', ');
}

/** What scripts/get_maintainer.pl of xen.git (0.26-xen) said of the same file, people first, then lists. */
const SCRIPT: Readonly<Record<string, string>> = {
  'core/main.c': 'cora, dan, dev list',
  'core/mm/alloc.c': 'petra, rolf reviewer, cora, dan, dev list',
  'core/mm/sub/deep.c': 'petra, rolf reviewer, cora, dan, dev list',
  'core/include/pages.h': 'petra, rolf reviewer, cora, dan, dev list',
  'core/arm/cpu.c': 'Arne, arm list, dev list',
  'drivers/net/arm-1.c': 'Arne, arm list, dev list',
  'drivers/net/x/arm-1.c': 'tara, cora, dev list',
  'tools/bindings/go.go': 'rita reviewer, tara, cora, dev list',
  'tools/bindings2': 'tara, cora, dev list',
  'core/boot.c': 'bo, cora, dan, dev list',
  'core/start.cc': 'bo, cora, dan, dev list',
  README: 'bo, dev list',
  'README.txt': 'bo, dev list',
  'docs/README': 'tara, cora, dev list',
  'hooks/a.c': 'Hugo, hooks list, dev list'.toLowerCase(),
  'old/x.c': 'tara, cora, dev list',
  'new/file.c': 'tara, cora, dev list',
};

for (const [path, answer] of Object.entries(SCRIPT)) {
  test(`${path} concerns those whom get_maintainer.pl names`, () => assert.equal(told([path]), answer));
}

test('a keyword of a changed line adds its section', () => {
  assert.equal(told(['new/file.c'], ['+call hook_run(x);']), 'tara, cora, hugo, dev list, hooks list');
});

test('THE REST is left out only where every file has somebody else', () => {
  assert.equal(
    told(['core/mm/a.c', 'tools/bindings/a.go']),
    'petra, rolf reviewer, cora, dan, rita reviewer, dev list',
  );
  assert.equal(told(['core/mm/a.c', 'new/a.go']), 'petra, rolf reviewer, cora, dan, tara, dev list');
});

test('Linux does not leave the section for the rest out', () => {
  const linux = parseMaintainers(text.replace(/^V:.*$/m, ''));
  assert.equal(linux.xen, null);
  const found = recipientsFor(linux, { paths: ['README'], lines: [] }, standardOptions(false), NO_MAILMAP);
  assert.deepEqual(
    found.map(({ section }) => section),
    ['BOOT', 'THE REST', 'THE REST', 'THE REST'],
  );
});

test('levels go from the most specific maintainer to the rest; sections without a maintainer are none', () => {
  const names = (path: string) => levelsOf(xen, path).map((level) => level.map(({ name }) => name).join('+'));
  assert.deepEqual(names('core/mm/alloc.c'), ['CORE PAGING', 'CORE', 'THE REST']);
  assert.deepEqual(names('tools/bindings/go.go'), ['THE REST']);
  assert.deepEqual(names('core/boot.c'), ['BOOT', 'CORE', 'THE REST']);
  assert.deepEqual(names('old/x.c'), ['THE REST']);
});

test('a file without THE REST leaves some files to nobody', () => {
  const { sections } = parseMaintainers('A\nM:\tA <a@example.org>\nF:\ta/\n');
  assert.deepEqual(levelsOf({ sections, xen: null, faults: [] }, 'b/c'), []);
});

test('N: takes whole paths by an expression', () => {
  const file = parseMaintainers('TEGRA\nM:\tT <t@example.org>\nN:\t[^a-z]tegra\n');
  assert.equal(levelsOf(file, 'drivers/clk/tegra20.c').length, 1);
  assert.equal(levelsOf(file, 'drivers/clk/integra.c').length, 0);
});

test('an expression that would take exponential time elsewhere is answered at once', () => {
  const { sections } = parseMaintainers('A\nM:\tA <a@example.org>\nK:\t(a+)+$\n');
  const [pattern] = sections[0]?.keywords ?? [];
  assert.equal(pattern?.matches(`${'a'.repeat(4000)}b`), false);
});

test('expressions that RE2 has not, and hopeless ones, are told and left out', () => {
  const file = parseMaintainers('A\nM:\tnobody\nK:\t(?=x)\nK:\t((a{1000}){1000}){1000}\nK:\tgood\n');
  assert.deepEqual(
    file.faults.map((fault) => fault.split(':')[0]),
    ['line 2', 'line 3', 'line 4'],
  );
  assert.equal(file.sections[0]?.keywords.length, 1);
});

test('a damaged file gives what can be read of it', () => {
  const file = parseMaintainers('\u0000\nM:\nF:\n<<<<<<< ours\nB\nM:\tB <b@example.org>\nF:\tb/\n=======\n');
  assert.deepEqual(
    levelsOf(file, 'b/x').map((level) => level.map(({ name }) => name)),
    [['B']],
  );
});

test('many stars cost no more than the length of path and pattern', () => {
  const file = parseMaintainers(`A\nM:\tA <a@example.org>\nF:\t${'a*'.repeat(200)}b\n`);
  assert.equal(levelsOf(file, 'a'.repeat(4000)).length, 0);
});

test('only patterns that could name a folder are asked of the tree', () => {
  assert.deepEqual(possibleFolders('F:\ttools/go\nX: a/b.c\nF:\tx/\nF:\ty*\nF:\t{a,b}\nM:\tq\n'), [
    'tools/go',
    'a/b.c',
  ]);
});

test('a patch asks with both names of a moved file, its text and its changed lines', () => {
  const patch = [
    'Subject: [PATCH] move',
    '',
    'about it',
    '---',
    'diff --git a/old/a.c b/new/a.c',
    'similarity index 90%',
    'rename from old/a.c',
    'rename to new/a.c',
    '--- a/old/a.c',
    '+++ b/new/a.c',
    '@@ -1,2 +1,2 @@',
    ' same',
    '-was',
    '+is',
    '',
  ].join('\n');
  const question = questionOf(patch);
  assert.deepEqual(question?.paths.toSorted(), ['new/a.c', 'old/a.c']);
  assert.deepEqual(question?.lines.slice(-2), ['-was', '+is']);
  assert.ok(question?.lines.includes('about it'));
  assert.equal(questionOf('no diff here'), null);
});

test('.get_maintainer.conf switches roles off, and what is about output or git history is told as not followed', () => {
  const { options: read, ignored } = parseMaintainersConf(
    '# ours\n--no-r --nogit-fallback # why\n--no-l\n--pattern-depth=2\n',
    options,
  );
  assert.deepEqual([read.reviewers, read.lists, read.maintainers, read.patternDepth], [false, false, true, 2]);
  assert.deepEqual(ignored, ['--nogit-fallback']);
  const found = recipientsFor(xen, { paths: ['core/mm/x/y.c'], lines: [] }, read, NO_MAILMAP);
  assert.deepEqual(
    found.map(({ name }) => name),
    ['Petra Page'],
  );
});

test('Linux tells a name once, Xen at each of its addresses', () => {
  const file = 'A\nM:\tBo <bo@one.example>\nM:\tBo <bo@two.example>\nF:\ta/\n';
  const asked = { paths: ['a/x'], lines: [] };
  const count = (isXen: boolean) =>
    recipientsFor(parseMaintainers(file), asked, standardOptions(isXen), NO_MAILMAP).length;
  assert.deepEqual([count(false), count(true)], [1, 2]);
});

test('.mailmap gives the proper name and address', () => {
  const mailmap = parseMailmap('Petra Paging <pp@example.org> <petra@example.org> # moved\n');
  const [first] = recipientsFor(xen, { paths: ['core/mm/a.c'], lines: [] }, options, mailmap);
  assert.deepEqual([first?.name, first?.email], ['Petra Paging', 'pp@example.org']);
});
