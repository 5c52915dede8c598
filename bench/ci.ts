import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/loader.ts';
import { presetPath } from '../config/preset.ts';
import { openBot } from '../src/bot.ts';
import { localRunner } from '../src/ci/local.ts';
import type { Job, Sandbox } from '../src/ci/run.ts';
import type { RunPatch, RunRequest } from '../src/ci/runner.ts';
import { BASE_ENV } from '../src/ci/sandbox-args.ts';
import { listSeries } from '../src/store/series.ts';
import { exec } from '../src/util/exec.ts';
import { silentLog } from '../src/util/log.ts';
import { medianSeconds } from './measure.ts';
import { CORPUS, importInto } from './intake.ts';

const LIMITS = { memoryMiB: 4096, processes: 512, diskMiB: 1024, logBytes: 1 << 20 };
const SANDBOX: Sandbox = { kind: 'bubblewrap', readable: [], limits: LIMITS };
const FILES = 360;
const SMALL_JOBS = 40;
const ROUNDS = 5;

/** What a run in the sandbox costs beside the bare command, how many small ones end in a minute, and how often a result is known already. */
export async function benchCi(): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'patchloom-bench-'));
  try {
    await overhead(scratch);
    await throughput(scratch);
    await reuse(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A build of many small steps, about ten seconds: each starts a shell and a few tools, as a compiler's driver does. */
async function writeTree(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const names = Array.from({ length: FILES }, (_, n) => `o${n}`);
  const recipe = '\tseq 1 120000 | sed "s/1/2/g" | sort -r | cksum > $@\n';
  await writeFile(
    join(directory, 'Makefile'),
    `all: ${names.join(' ')}\n${names.map((name) => `${name}:\n${recipe}`).join('')}`,
  );
}

async function overhead(scratch: string): Promise<void> {
  const job: Job = { name: 'build', run: 'make -j2; times', paths: [], timeout: 600, retries: 0 };
  const outputs: string[] = [];
  const runner = localRunner({
    sandbox: SANDBOX,
    directory: join(scratch, 'run'),
    places: 1,
    checkout: (_, where) => writeTree(where),
    incremental: true,
    cache: null,
    artifactBytes: 0,
    keepFile: async (_, __, name, bytes) => {
      outputs.push(String(bytes));
      return name;
    },
  });
  const plain = async (): Promise<void> => {
    const directory = join(scratch, 'bare');
    await rm(directory, { recursive: true, force: true });
    await writeTree(directory);
    const result = await exec('sh', ['-e', '-c', job.run], { cwd: directory, env: { LANG: BASE_ENV.LANG } });
    if (result.code !== 0) throw new Error(result.stderr);
    outputs.push(result.stdout.toString('utf8'));
  };
  const inside = async (): Promise<void> => {
    const { checks } = await runner.advance(request([patch(1)], [job]));
    if (checks[0]?.state !== 'success') throw new Error(checks[0]?.excerpt);
  };
  const costOf = async (work: () => Promise<void>): Promise<Cost> => {
    const seconds = await medianSeconds(1, work);
    return { seconds, processor: processorSeconds(outputs.pop() ?? '') };
  };
  // In turns, so that what else the machine does falls on both; by each round's own ratio, and by processor time, which neighbours disturb least.
  const rounds: { readonly bare: Cost; readonly run: Cost }[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push({ bare: await costOf(plain), run: await costOf(inside) });
  const more = (of: keyof Cost): string => {
    const ratios = rounds.map(({ bare, run }) => run[of] / bare[of]).toSorted((x, y) => x - y);
    return `${(((ratios[Math.floor(ROUNDS / 2)] ?? 0) - 1) * 100).toFixed(1)} %`;
  };
  const each = (of: keyof Cost): string =>
    rounds.map(({ bare, run }) => `${bare[of].toFixed(1)}/${run[of].toFixed(1)}`).join(' ');
  console.log(`as a job ${more('seconds')} more time than the bare command (${each('seconds')} s)`);
  console.log(`as a job ${more('processor')} more processor time (${each('processor')} s)`);
}

/** What a command takes, in seconds: on the clock, and of processors. */
interface Cost {
  readonly seconds: number;
  readonly processor: number;
}

/** The last line of `times` in a shell: what its children have taken, user and system. */
function processorSeconds(output: string): number {
  const parts = [...(output.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}

async function throughput(scratch: string): Promise<void> {
  const job: Job = { name: 'small', run: 'true', paths: [], timeout: 60, retries: 0 };
  const runner = localRunner({
    sandbox: SANDBOX,
    directory: join(scratch, 'two'),
    places: 2,
    checkout: (_, where) => writeTree(where),
    incremental: true,
    cache: null,
    artifactBytes: 0,
  });
  const half = Array.from({ length: SMALL_JOBS / 2 }, (_, n) => patch(n + 1));
  const start = performance.now();
  await Promise.all([runner.advance(request(half, [job])), runner.advance(request(half, [job]))]);
  const seconds = (performance.now() - start) / 1000;
  console.log(`${Math.round((SMALL_JOBS / seconds) * 60).toLocaleString('en')} empty jobs a minute with 2 workers`);
}

/**
 * How many of the LTP year's patches need no build of their own, because the same changes in the same order were posted before (a resend, a
 * version that changes only later patches). It is what can be reused while the base stays: a base that has moved gives new trees.
 */
async function reuse(scratch: string): Promise<void> {
  const mbox = join(CORPUS, 'ltp/ltp-2024.mbox.gz');
  if (!existsSync(mbox)) return console.log(`no corpus at ${CORPUS}: set PATCHLOOM_CORPUS`);
  const data = join(scratch, 'ltp');
  await importInto(data, mbox, 2);
  await using bot = await openBot(loadConfig(presetPath('default'), {}, { data }), { log: silentLog, readonly: true });
  const all = (await listSeries(bot.store.db, { limit: 100_000 }))
    .map(({ series }) => series)
    .filter((series) => series.complete);
  const known = new Set<string>();
  let patches = 0;
  let hits = 0;
  for (const series of all.toSorted((a, b) => a.posted - b.posted)) {
    let chain = series.target ?? '';
    for (const one of series.patches) {
      chain = `${chain} ${one.contentHash}`;
      patches++;
      if (known.has(chain)) hits++;
      known.add(chain);
    }
  }
  console.log(
    `${hits} of ${patches} patches of ${all.length} complete series (${((hits / patches) * 100).toFixed(1)} %) have the tree of one posted before on the same base`,
  );
}

function patch(index: number): RunPatch {
  return { index, msgid: `<${index}@bench>`, commit: `${index}`, tree: `${index}` };
}

function request(patches: readonly RunPatch[], jobs: readonly Job[]): RunRequest {
  return { patches, base: null, jobs, masks: [], finished: [], known: () => null, onCheck: () => {} };
}
