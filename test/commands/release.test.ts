import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caseBot } from '../helpers/case-bot.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import type { Release } from '../../src/report/release.ts';
import { MAINTAINERS } from '../review/policy-case.ts';

const ID = '8f2fbdb55a3b8c1f5f0e8d9b7a6c5d4e3f2a1b0c';

/** Two releases: before the first Ann has written, between them Ann, and Zoe for the first time. */
async function history() {
  const repo = await gitRepo();
  repo.commit({ MAINTAINERS, 'core/a.c': '1\n' }, 'start');
  repo.git('tag', 'REL-1');
  const review = 'Reviewed-by: Cora Core <cora@example.org>\nAcked-by: Cora Core <cora@example.org>';
  repo.commit({ 'core/a.c': '2\n' }, `core: mend *a*\n\nThis is XSA-7 / CVE-2024-1234.\n\n${review}`);
  repo.commit(
    { 'docs/b.md': '1\n' },
    `docs: b\n\nTested-by: T <t@lab.example.org>\nmaster commit: ${ID}`,
    'Zoe New <zoe@x.big.example.com>',
  );
  repo.commit({ 'tools/c.c': '1\n' }, 'tools: c\n\nLink: https://lists.example.org/m/p1@example.org/');
  repo.git('tag', '-m', 'second', 'REL-2');
  return repo;
}

test('a release has changes by area, security fixes, backports and people', async (t) => {
  await using repo = await history();
  const bot = caseBot(
    tempDir(t),
    repo.bare(),
    '{}',
    '}\n    archive: "https://a.example.org/{msgid}"\n    organisations: {example.org: Example Ltd',
  );
  const release = JSON.parse(await bot.run('release', 'REL-1..REL-2', '--json')) as Release;
  assert.deepEqual(
    release.areas.map(({ area, changes }) => [area, changes.map(({ title }) => title)]),
    [
      ['CORE', ['core: mend *a*']],
      ['TOOLS', ['tools: c']],
      ['docs', ['docs: b']],
    ],
  );
  assert.deepEqual(
    release.advisories.map(({ number, cves }) => [number, cves]),
    [[7, ['CVE-2024-1234']]],
  );
  assert.deepEqual(
    release.backports.map(({ origins }) => origins),
    [[ID]],
  );
  assert.equal(release.areas[1]?.changes[0]?.thread, 'https://a.example.org/p1%40example.org');
  assert.deepEqual(
    release.people.map(({ person, organisation, authored, reviewed, tested }) => [
      person.name,
      organisation,
      authored,
      reviewed,
      tested,
    ]),
    [
      ['Ann Author', 'Example Ltd', 2, 0, 0],
      ['Zoe New', 'example.com', 1, 0, 0],
      ['Cora Core', 'Example Ltd', 0, 1, 0],
      ['Carl Committer', 'Example Ltd', 0, 0, 0],
      ['T', 'Example Ltd', 0, 0, 1],
    ],
  );
  assert.deepEqual(
    release.firstTime.map(({ name }) => name),
    ['Zoe New'],
  );
});

test('a release is written as text and as Markdown in which titles are harmless', async (t) => {
  await using repo = await history();
  const bot = caseBot(tempDir(t), repo.bare());
  const text = await bot.run('release', 'REL-1..REL-2', '--tree', repo.path);
  assert.match(text, /^REL-1\.\.REL-2\n=+\n\n?3 changes, 2024-01-01 to 2024-01-01\n/);
  assert.match(text, /\n {2}XSA-7 \/ CVE-2024-1234: [0-9a-f]{12}\n/);
  assert.match(text, /\nCORE \(1\):\n {2}[0-9a-f]{12} core: mend \*a\* \(XSA-7, CVE-2024-1234\)\n/);
  assert.match(text, /\n {2}Cora Core: 1 \(CORE 1\)\n/);
  const markdown = await bot.run('release', 'REL-1..REL-2', '--markdown', '--tree', repo.path);
  assert.match(markdown, /^# REL-1\.\.REL-2\n/);
  assert.match(markdown, /\n### CORE \(1\)\n\n- [0-9a-f]{12} core: mend \\\*a\\\* /);
});

test('a time may be asked for in place of a range', async (t) => {
  await using repo = await history();
  const bot = caseBot(tempDir(t), repo.bare());
  const count = async (...words: string[]) =>
    (JSON.parse(await bot.run('release', 'main', '--json', ...words)) as Release).areas.flatMap(
      ({ changes }) => changes,
    ).length;
  assert.equal(await count('--since', '2024-01-01', '--until', '2024-01-02'), 4);
  assert.equal(await count('--since', '2024-01-02'), 0);
  await assert.rejects(bot.run('release', 'main', '--since', 'yesterday'), /exit code 2/);
  await assert.rejects(bot.run('release', 'REL-1..nowhere'), /GIT_REF_MISSING/);
});
