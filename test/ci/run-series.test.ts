import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { emptyDirectory } from '../../src/ci/build-directory.ts';
import type { Check, Job, Sandbox } from '../../src/ci/run.ts';
import { jobHash, type RunPatch, runSeries, type SeriesRun } from '../../src/ci/run-series.ts';
import { verdictOf } from '../../src/ci/verdict.ts';
import { requires } from '../helpers/requires.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const LIMITS = { memoryMiB: 512, processes: 64, diskMiB: 64, logBytes: 20_000 };
const BWRAP: Sandbox = { kind: 'bubblewrap', readable: [], limits: LIMITS };
const NONE: Sandbox = { kind: 'none', limits: LIMITS };
const BUILD: Job = { name: 'build', run: 'make', paths: [], timeout: 60 };
const MAKEFILE =
  'prog: main.txt\n\tgrep -v broken main.txt > prog || { echo "main.txt:1:1: error: broken"; exit 1; }\n';

/** Twelve patches: the 7th breaks the build and the 9th mends it. */
const PATCHES: readonly RunPatch[] = Array.from({ length: 12 }, (_, n) => {
  const index = n + 1;
  return { index, msgid: `patch-${index}@example.org`, commit: `commit-${index}`, tree: `tree-${index}` };
});

/** Writes the files of a commit, as an export of a repository would. */
async function checkout(commit: string, directory: string): Promise<void> {
  const index = Number(commit.split('-')[1]);
  await writeFile(join(directory, 'Makefile'), MAKEFILE);
  await writeFile(join(directory, 'main.txt'), index === 7 || index === 8 ? 'broken\n' : `version ${index}\n`);
}

function seriesRun(t: TestContext, options: Partial<SeriesRun> = {}): SeriesRun {
  return { patches: PATCHES, jobs: [BUILD], sandbox: NONE, directory: tempDir(t), checkout, ...options };
}

test('a series whose 7th patch breaks and 9th mends: 7 is named and the tip passes', requires('bwrap'), async (t) => {
  const progress: string[] = [];
  const logs: string[] = [];
  const checks = await runSeries(
    seriesRun(t, {
      sandbox: BWRAP,
      onProgress: ({ patch, job, done, total }) => progress.push(`${done}/${total} ${patch.index} ${job}`),
      saveLog: (patch, job, output) => {
        logs.push(output);
        return Promise.resolve(`logs/${patch.index}-${job.name}`);
      },
    }),
  );
  const verdict = verdictOf(checks, PATCHES);
  assert.deepEqual([verdict.state, verdict.firstFailing, verdict.tipPasses], ['fail', 7, true]);
  assert.deepEqual(
    verdict.failing.map((check) => check.patch),
    ['patch-7@example.org', 'patch-8@example.org'],
  );
  assert.equal(checks.length, 12);
  assert.deepEqual([progress[0], progress[11]], ['0/12 1 build', '11/12 12 build']);
  const seventh = checks[6];
  assert.match(seventh?.excerpt ?? '', /^main\.txt:1:1: error: broken$/m);
  assert.match(seventh?.summary ?? '', /^exit 2 after \d+\.\d s$/);
  assert.equal(seventh?.log, 'logs/7-build');
  assert.match(logs[6] ?? '', /error: broken/);
  assert.equal(checks[0]?.excerpt, '');
});

test('every job runs on every patch, in one incremental build directory, and knows what it builds', async (t) => {
  const trail: Job = {
    name: 'trail',
    run: 'echo $PATCHLOOM_PATCH/$PATCHLOOM_PATCHES $PATCHLOOM_COMMIT >> trail; cat trail',
    paths: [],
    timeout: 60,
  };
  const outputs: string[] = [];
  const saveLog = (_: RunPatch, __: Job, output: string) => {
    outputs.push(output);
    return Promise.resolve(null);
  };
  const checks = await runSeries(seriesRun(t, { patches: PATCHES.slice(0, 2), jobs: [trail, BUILD], saveLog }));
  assert.deepEqual(
    checks.map((check) => `${check.patch} ${check.context} ${check.state}`),
    [
      'patch-1@example.org trail success',
      'patch-1@example.org build success',
      'patch-2@example.org trail success',
      'patch-2@example.org build success',
    ],
  );
  assert.equal(outputs[2], '1/2 commit-1\n2/2 commit-2\n');
});

test('250 is a warning', async (t) => {
  const [check] = await runSeries(
    seriesRun(t, { patches: PATCHES.slice(0, 1), jobs: [{ ...BUILD, run: 'echo style; exit 250' }] }),
  );
  assert.deepEqual([check?.state, check?.excerpt], ['warning', 'style']);
});

test('after a command that was ended by force the next patch is built from scratch', async (t) => {
  const run = 'ls; [ $PATCHLOOM_PATCH != 1 ] || { touch half-written; sleep 100; }';
  const outputs: string[] = [];
  const saveLog = (_: RunPatch, __: Job, output: string) => {
    outputs.push(output);
    return Promise.resolve(null);
  };
  const checks = await runSeries(
    seriesRun(t, { patches: PATCHES.slice(0, 2), jobs: [{ ...BUILD, run, timeout: 1 }], saveLog }),
  );
  assert.deepEqual(
    checks.map((check) => check.state),
    ['fail', 'success'],
  );
  assert.equal(checks[0]?.summary, 'not done within 1 s');
  assert.equal(outputs[1], 'Makefile\nmain.txt\n');
});

test('a run that was aborted goes on where it stopped', async (t) => {
  const abort = new AbortController();
  const stored: Check[] = [];
  const onCheck = (check: Check) => {
    stored.push(check);
    if (stored.length === 5) abort.abort(new Error('enough'));
  };
  await assert.rejects(runSeries(seriesRun(t, { onCheck, signal: abort.signal })), /enough/);
  assert.equal(stored.length, 5);
  const built: string[] = [];
  const again = seriesRun(t, {
    finished: stored,
    checkout: async (commit, directory) => {
      built.push(commit);
      await checkout(commit, directory);
    },
  });
  const checks = await runSeries(again);
  assert.equal(built[0], 'commit-6');
  assert.deepEqual([checks.length, verdictOf(checks, PATCHES).firstFailing], [12, 7]);
});

test('an abort in the middle of a command leaves no check of it', async (t) => {
  const abort = new AbortController();
  const stored: Check[] = [];
  const jobs = [{ ...BUILD, run: 'sleep 100' }];
  setTimeout(() => abort.abort(new Error('enough')), 300);
  const run = seriesRun(t, { jobs, signal: abort.signal, onCheck: (check) => void stored.push(check) });
  await assert.rejects(runSeries(run), /enough/);
  assert.deepEqual(stored, []);
});

test('a known result of the same tree and job is taken over for the patch at hand', async (t) => {
  const [first] = await runSeries(seriesRun(t, { patches: PATCHES.slice(6, 7) }));
  assert.ok(first);
  const asked: string[] = [];
  const known = (tree: string, hash: string) => {
    asked.push(hash);
    return tree === first.tree ? first : null;
  };
  const moved = PATCHES.slice(5, 8).map(({ index, msgid, commit, tree }) => ({
    index,
    msgid: `v2-${msgid}`,
    commit,
    tree,
  }));
  const built: string[] = [];
  const checks = await runSeries(
    seriesRun(t, {
      patches: moved,
      known,
      checkout: async (commit, directory) => {
        built.push(commit);
        await checkout(commit, directory);
      },
    }),
  );
  assert.deepEqual(built, ['commit-6', 'commit-8']);
  assert.deepEqual(
    checks.map((check) => [check.patch, check.state]),
    [
      ['v2-patch-6@example.org', 'success'],
      ['v2-patch-7@example.org', 'fail'],
      ['v2-patch-8@example.org', 'fail'],
    ],
  );
  assert.deepEqual(new Set(asked), new Set([jobHash(BUILD)]));
  assert.notEqual(jobHash(BUILD), jobHash({ ...BUILD, run: 'make all' }));
});

test(
  'what the machine is to blame for is an error that may be tried again, and no check',
  requires('bwrap'),
  async (t) => {
    const stored: Check[] = [];
    const sandbox: Sandbox = { ...BWRAP, readable: ['/not/there'] };
    const run = seriesRun(t, { sandbox, onCheck: (check) => void stored.push(check) });
    await assert.rejects(runSeries(run), {
      code: 'BUILD_MACHINE',
      message: /^patch 1\/12, job build: the sandbox did not run/,
    });
    assert.deepEqual(stored, []);
  },
);

test('what a build has put in the way of the next checkout is cleared away', async (t) => {
  const run = 'cat main.txt; rm Makefile; mkdir -p Makefile/sub; chmod 0500 Makefile';
  const series = seriesRun(t, { patches: PATCHES.slice(0, 3), jobs: [{ ...BUILD, run }] });
  const checks = await runSeries(series);
  assert.deepEqual(
    checks.map((check) => check.state),
    ['success', 'success', 'success'],
  );
  await emptyDirectory(join(series.directory, 'tree'));
});

test('files of an earlier, perhaps killed, run are not believed', async (t) => {
  const run = seriesRun(t, { patches: PATCHES.slice(6, 7) });
  await runSeries({ ...run, jobs: [{ ...BUILD, run: 'touch -d 2099-01-01 prog' }] });
  const [check] = await runSeries(run);
  assert.equal(check?.state, 'fail');
});
