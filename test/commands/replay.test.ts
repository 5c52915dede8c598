import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cli } from '../helpers/cli.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** Fits today's branch, and did not when it was posted: nobody may know the future. */
const early = `From mboxrd@z Thu Jan  1 00:00:00 1970
From: Eve <eve@example.org>
To: dev@lists.test
Date: Mon, 01 Jan 2024 09:01:40 +0000
Message-ID: <early@example.org>
Subject: [PATCH] a: four

Because.

Signed-off-by: Eve <eve@example.org>
---
diff --git a/a b/a
--- a/a
+++ b/a
@@ -1 +1 @@
-three
+four
`;

const stranger = `From mboxrd@z Thu Jan  1 00:00:00 1970
From: "<script>alert(1)</script>" <bob@example.org>
To: dev@lists.test
Date: Mon, 01 Jan 2024 09:04:00 +0000
Message-ID: <stranger@example.org>
Subject: [PATCH] b: <script>never</script> fits

Because.

Signed-off-by: Bob <bob@example.org>
---
diff --git a/a b/a
--- a/a
+++ b/a
@@ -1 +1 @@
-something else
+and more
`;

test('an archive is replayed on the branches of its time and compared with what upstream took', async (t) => {
  const directory = tempDir(t);
  await using repo = await gitRepo();
  repo.commit({ a: 'one\n' }, 'a: one');
  repo.commit(
    { a: 'two\n' },
    'a: two\n\nBecause.\n\nReviewed-by: Rob <rob@example.org>\nSigned-off-by: Ann Author <ann@example.org>',
  );
  const [posted] = repo.formatPatch('-1');
  repo.commit({ a: 'three\n' }, 'a: three');
  // Posted half a minute before it was committed: upstream's branch of today is no place for it any more.
  const fitting = (posted ?? Buffer.alloc(0))
    .toString('latin1')
    .replace(
      /^Date: .*$/m,
      'Date: Mon, 01 Jan 2024 09:01:30 +0000\nTo: dev@lists.test\nMessage-ID: <fits@example.org>',
    );
  const archive = join(directory, 'archive.mbox');
  writeFileSync(archive, `From mboxrd@z Thu Jan  1 00:00:00 1970\n${fitting}\n${early}\n${stranger}`);
  const config = join(directory, 'patchloom.yaml');
  writeFileSync(
    config,
    // A replay keeps its hands off the store of the installation: it would not even reach this one.
    `database: "postgres://nobody@127.0.0.1:1/none"\nbot: {email: bot@lists.test}\nprojects:\n  p: {fallback: true, lists: [dev@lists.test], git: {upstream: "${repo.bare()}", branch: main}}\n`,
  );
  const html = join(directory, 'page.html');
  const { code, out, err } = await cli(
    'replay',
    archive,
    '--config',
    config,
    '--project',
    'p',
    '--json',
    '--html',
    html,
  );
  assert.equal(code, 0, err);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    lines.slice(0, -1).map(({ outcome, recipients }) => [outcome, recipients]),
    [
      ['conflict:1', ['eve@example.org', 'dev@lists.test']],
      ['conflict:1', ['bob@example.org', 'dev@lists.test']],
    ],
  );
  const { figures } = lines.at(-1) as { figures: Record<string, unknown> };
  assert.deepEqual(figures['byMirror'], { applied: 1, conflict: 2 });
  assert.deepEqual([figures['taken'], figures['takenUnchanged'], figures['unchangedButBlamed']], [1, 1, 0]);
  assert.deepEqual(figures['tags'], { committed: 1, found: 1, lacking: [] });
  const page = readFileSync(html, 'utf8');
  assert.match(page, /<svg /);
  assert.doesNotMatch(page, /<script/i);
  assert.match(page, /conflict:1/);
});

test('an archive, a truth or a place for the page that is not there is told before upstream is asked', async (t) => {
  const directory = tempDir(t);
  const config = join(directory, 'patchloom.yaml');
  const upstream = join(directory, 'no-upstream.git');
  writeFileSync(
    config,
    `bot: {email: bot@lists.test}\nprojects:\n  p: {fallback: true, git: {upstream: "${upstream}", branch: main}}\n`,
  );
  const archive = join(directory, 'archive.mbox');
  writeFileSync(archive, `From mboxrd@z Thu Jan  1 00:00:00 1970\n${early}`);
  const none = join(directory, 'none', 'file');
  const missing = `patchloom: ${none}: no such file or directory (SOURCE_MISSING: check the path)\n`;
  for (const words of [[none], [archive, '--truth', none]]) {
    const { code, out, err } = await cli('replay', ...words, '--config', config);
    assert.deepEqual([code, out, err], [1, '', missing]);
  }
  const page = await cli('replay', archive, '--html', none, '--config', config);
  assert.deepEqual([page.code, page.err], [1, `patchloom: ENOENT: no such file or directory, open '${none}'\n`]);
});
