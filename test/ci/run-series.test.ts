import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { emptyDirectory } from '../../src/ci/build-directory.ts';
import type { Check, Job, Sandbox } from '../../src/ci/run.ts';
import { jobHash, runSeries, type SeriesRun } from '../../src/ci/run-series.ts';
import { BASE, type RunPatch } from '../../src/ci/runner.ts';
import { verdictOf } from '../../src/ci/verdict.ts';
import { requires } from '../helpers/requires.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const LIMITS = { memoryMiB: 512, processes: 64, diskMiB: 64, logBytes: 20_000 };
const BWRAP: Sandbox = { kind: 'bubblewrap', readable: [], limits: LIMITS };
const NONE: Sandbox = { kind: 'none', limits: LIMITS };
/** Without retries, where they are not what is tested. */
const BUILD: Job = { name: 'build', run: 'make', paths: [], timeout: 60, retries: 0 };
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
  return {
    patches: PATCHES,
    base: null,
    jobs: [BUILD],
    masks: [],
    finished: [],
    known: () => null,
    onCheck: () => {},
    sandbox: NONE,
    artifactBytes: 1e6,
    directory: tempDir(t),
    checkout,
    ...options,
  };
}

test('a series whose 7th patch breaks and 9th mends: 7 is named and the tip passes', requires('bwrap'), async (t) => {
  const progress: string[] = [];
  const logs: string[] = [];
  const checks = await runSeries(
    seriesRun(t, {
      sandbox: BWRAP,
      onProgress: ({ patch, job, done, total }) => progress.push(`${done}/${total} ${patch.index} ${job}`),
      keepFile: (patch, job, name, output) => {
        logs[patch.index - 1] = String(output);
        return Promise.resolve(`${name}s/${patch.index}-${job.name}`);
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
  assert.deepEqual([progress[0], progress[1], progress[11]], ['0/12 12 build', '1/12 1 build', '11/12 11 build']);
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
    retries: 0,
  };
  const outputs: string[] = [];
  const keepFile: SeriesRun['keepFile'] = (_, __, ___, output) => {
    outputs.push(String(output));
    return Promise.resolve('log');
  };
  const checks = await runSeries(seriesRun(t, { patches: PATCHES.slice(0, 2), jobs: [trail, BUILD], keepFile }));
  assert.deepEqual(
    checks.map((check) => `${check.patch} ${check.context} ${check.state}`),
    [
      'patch-1@example.org trail success',
      'patch-1@example.org build success',
      'patch-2@example.org trail success',
      'patch-2@example.org build success',
    ],
  );
  assert.equal(outputs[2], '2/2 commit-2\n1/2 commit-1\n', 'the whole series first');
});

test('250 is a warning', async (t) => {
  const [check] = await runSeries(
    seriesRun(t, { patches: PATCHES.slice(0, 1), jobs: [{ ...BUILD, run: 'echo style; exit 250' }] }),
  );
  assert.deepEqual([check?.state, check?.excerpt], ['warning', 'style']);
});

test('after a command that was ended by force the next patch is built from scratch', async (t) => {
  const run = 'ls; [ $PATCHLOOM_PATCH != 2 ] || { touch half-written; sleep 100; }';
  const outputs: string[] = [];
  const keepFile: SeriesRun['keepFile'] = (_, __, ___, output) => {
    outputs.push(String(output));
    return Promise.resolve('log');
  };
  const checks = await runSeries(
    seriesRun(t, { patches: PATCHES.slice(0, 2), jobs: [{ ...BUILD, run, timeout: 1 }], keepFile }),
  );
  assert.deepEqual(
    checks.map((check) => check.state),
    ['success', 'fail'],
  );
  assert.equal(checks[1]?.summary, 'not done within 1 s');
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
  assert.equal(built[0], 'commit-5');
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
  assert.deepEqual(built, ['commit-8', 'commit-6']);
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
      message: /^patch 12\/12, job build: the sandbox did not run/,
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

const BASE_PATCH: RunPatch = { index: 0, msgid: BASE, commit: 'commit-0', tree: 'commit-0' };
const stateOf = (checks: readonly Check[]) => checks.map((one) => one.judged?.as ?? one.state);

test(
  'twelve patches on a base that builds: 7 is to blame with its line, 8 has it from 7, and the tip builds',
  requires('bwrap'),
  async (t) => {
    const order: string[] = [];
    const checks = await runSeries(
      seriesRun(t, {
        sandbox: BWRAP,
        base: BASE_PATCH,
        jobs: [{ ...BUILD, retries: 1 }],
        checkout: async (commit, directory) => {
          order.push(commit.replace('commit-', ''));
          await checkout(commit, directory);
        },
      }),
    );
    // 7 twice: a failure is believed once it has failed again from an empty directory; 8 is expected to fail then.
    assert.deepEqual(order.join(' '), '12 0 1 2 3 4 5 6 7 7 8 9 10 11');
    const verdict = verdictOf(checks, PATCHES);
    assert.deepEqual([verdict.state, verdict.firstFailing, verdict.tipPasses], ['fail', 7, true]);
    assert.deepEqual(checks[6]?.findings, [
      { kind: 'error', file: 'main.txt', line: 1, text: 'broken', since: 'patch-7@example.org' },
    ]);
    assert.equal(checks[7]?.findings?.[0]?.since, 'patch-7@example.org');
    assert.equal(checks[6]?.judged?.as, 'regression');
  },
);

test('where the base is broken already nobody is blamed, and the patches between are not built', async (t) => {
  const built: string[] = [];
  const stored: Check[] = [];
  const checks = await runSeries(
    seriesRun(t, {
      base: BASE_PATCH,
      jobs: [{ ...BUILD, run: 'echo a.c:1:1: error: old; exit 1' }],
      checkout: (commit) => {
        built.push(commit);
        return Promise.resolve();
      },
      onCheck: (check) => void stored.push(check),
    }),
  );
  assert.deepEqual(built, ['commit-12', 'commit-0']);
  assert.deepEqual(stateOf(checks), ['already-broken']);
  const verdict = verdictOf(checks, PATCHES);
  assert.deepEqual([verdict.state, verdict.failing], ['warning', []]);
  assert.deepEqual(
    stored.map((one) => [one.patch, one.state]),
    [
      [BASE, 'fail'],
      ['patch-12@example.org', 'warning'],
    ],
    'the failure of the tip is kept only once it is judged',
  );
});

test('a test that fails one time in three is called flaky after the retry, and blames nobody', async (t) => {
  const run = 'echo try $PATCHLOOM_PATCH.$PATCHLOOM_ATTEMPT; [ $(( (PATCHLOOM_PATCH + PATCHLOOM_ATTEMPT) % 3 )) != 0 ]';
  const jobs = [{ ...BUILD, run, retries: 1 }];
  const checks = await runSeries(
    seriesRun(t, { base: BASE_PATCH, jobs, patches: PATCHES.slice(0, 6), checkout: async () => {} }),
  );
  assert.deepEqual(stateOf(checks), ['success', 'flaky', 'success', 'success', 'flaky', 'success']);
  assert.equal(verdictOf(checks, PATCHES).state, 'warning');
});

test('a failure that is due to what an earlier patch has left behind is not believed', async (t) => {
  const run = '[ ! -e left-over ]; touch left-over';
  const checks = await runSeries(
    seriesRun(t, { jobs: [{ ...BUILD, run, retries: 1 }], patches: PATCHES.slice(0, 3), checkout: async () => {} }),
  );
  assert.equal(verdictOf(checks, PATCHES).firstFailing, null);
});

test('a job finds what the jobs before it have made, also where those have results already', async (t) => {
  const jobs = [
    { ...BUILD, name: 'build', run: 'echo made > product' },
    { ...BUILD, name: 'test', run: 'cat product' },
  ];
  const patches = PATCHES.slice(0, 2);
  const [build] = await runSeries(seriesRun(t, { jobs: jobs.slice(0, 1), patches, checkout: async () => {} }));
  assert.ok(build);
  const stored: string[] = [];
  const checks = await runSeries(
    seriesRun(t, {
      jobs,
      patches,
      checkout: async () => {},
      known: (_, hash) => (hash === jobHash(jobs[0] ?? BUILD) ? build : null),
      onCheck: (check) => void stored.push(`${check.context} ${check.patch}`),
    }),
  );
  assert.deepEqual(stateOf(checks), ['success', 'success', 'success', 'success']);
  assert.equal(new Set(stored).size, stored.length, 'nothing is kept twice');
});

test('a job that is not for each patch runs on the whole series and the base alone', async (t) => {
  const jobs = [BUILD, { ...BUILD, name: 'long', run: 'true', each: false }];
  const checks = await runSeries(seriesRun(t, { jobs, base: BASE_PATCH, patches: PATCHES.slice(0, 3) }));
  assert.deepEqual(
    checks.map((one) => `${one.context} ${one.patch}`),
    ['build patch-1@example.org', 'build patch-2@example.org', 'build patch-3@example.org', 'long patch-3@example.org'],
  );
});

test(
  'failing tests are named from a JUnit file, artifacts are kept, and no link leads out',
  requires('bwrap'),
  async (t) => {
    const xml = '<testcase name="boot" file="boot.c" line="3"><failure message="hangs"/></testcase>';
    const run = `echo '${xml}' > out.xml; echo image > xen.gz; ln -s /etc/hostname out; ln -s ${import.meta.filename} src; mkfifo pipe; exit 1`;
    const kept = new Map<string, string>();
    const [check] = await runSeries(
      seriesRun(t, {
        sandbox: BWRAP,
        patches: PATCHES.slice(0, 1),
        jobs: [{ ...BUILD, run, junit: 'out.xml', artifacts: ['xen.gz', 'out', 'src', 'pipe', 'none'] }],
        keepFile: (_, __, name, bytes) => {
          kept.set(name, String(bytes));
          return Promise.resolve(`kept/${name}`);
        },
      }),
    );
    assert.deepEqual(check?.findings, [
      { kind: 'test', file: 'boot.c', line: 3, text: 'boot: hangs', test: 'boot', since: 'patch-1@example.org' },
    ]);
    assert.deepEqual(
      [...kept],
      [
        ['log', ''],
        ['xen.gz', 'image\n'],
      ].toReversed(),
    );
    assert.deepEqual(check?.artifacts, ['kept/xen.gz']);
  },
);

test('artifacts that do not fit are left out as a whole, and the check says how many', requires('bwrap'), async (t) => {
  const kept: string[] = [];
  const run = 'head -c 700 /dev/zero >a; head -c 400 /dev/zero >b; head -c 300 /dev/zero >c';
  const [check] = await runSeries(
    seriesRun(t, {
      sandbox: BWRAP,
      artifactBytes: 1000,
      patches: PATCHES.slice(0, 1),
      jobs: [{ ...BUILD, run, artifacts: ['a', 'b', 'c'] }],
      keepFile: (_, __, name, bytes) => {
        kept.push(`${name} ${bytes.length}`);
        return Promise.resolve(name);
      },
    }),
  );
  assert.deepEqual(kept, ['a 700', 'c 300', 'log 0']);
  assert.match(check?.summary ?? '', /^passed after \d+\.\d s; 1 of its artifacts too large to keep$/);
});

test('where every patch is to be clean, nothing of the one before is there', async (t) => {
  const outputs: string[] = [];
  await runSeries(
    seriesRun(t, {
      incremental: false,
      patches: PATCHES.slice(0, 3),
      jobs: [{ ...BUILD, run: 'ls; touch left' }],
      keepFile: (_, __, name, output) => {
        outputs.push(String(output));
        return Promise.resolve(name);
      },
    }),
  );
  assert.deepEqual(new Set(outputs), new Set(['Makefile\nmain.txt\n']));
});

test('a base is judged by a clean build, whatever the series has left before', async (t) => {
  const run = 'if [ -e trap ]; then echo trapped; else touch trap; [ "$PATCHLOOM_PATCH" != 0 ] || exit 1; fi';
  const stored: Check[] = [];
  await runSeries(
    seriesRun(t, {
      base: BASE_PATCH,
      patches: PATCHES.slice(0, 1),
      jobs: [{ ...BUILD, run }],
      onCheck: (check) => void stored.push(check),
    }),
  );
  assert.equal(stored.find((check) => check.patch === BASE)?.state, 'fail');
});

test(
  'what an earlier patch has left is no artifact and no test result of one that fails',
  requires('bwrap'),
  async (t) => {
    const xml = '<testcase name="old"><failure/></testcase>';
    const run = `[ $PATCHLOOM_PATCH = 2 ] || exit 1; echo '${xml}' >out.xml; echo image >xen.gz`;
    const checks = await runSeries(
      seriesRun(t, {
        sandbox: BWRAP,
        patches: PATCHES.slice(0, 2),
        jobs: [{ ...BUILD, run, junit: 'out.xml', artifacts: ['xen.gz'] }],
        keepFile: (_, __, name) => Promise.resolve(name),
      }),
    );
    assert.deepEqual(
      checks.map(({ state, artifacts, findings }) => ({ state, artifacts, findings: findings?.length })),
      [
        { state: 'fail', artifacts: undefined, findings: undefined },
        { state: 'success', artifacts: ['xen.gz'], findings: 1 },
      ],
    );
  },
);
