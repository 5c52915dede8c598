/**
 * `npm run fuzz -- --runs 100000 --seed 1`: mutated mail through mail, patch, series and review. Ends with 1 at the first crash, broken rule or
 * hang, and says how to see it again. Without a seed one is chosen and printed.
 */
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import { bases, checkCase, fuzzCase } from './cases.ts';

interface Order {
  readonly runs: number;
  readonly seed: number;
  /** Cases begun, for the watch. */
  readonly begun: Int32Array;
}

/** A case that takes longer hangs; one that is only slow fails by the processor's time. */
const HANG_MS = 60_000;
const TELL_EVERY = 10_000;

if (isMainThread) await watch();
else await run(workerData as Order);

async function run({ runs, seed, begun }: Order): Promise<void> {
  const known = await bases(10_000);
  parentPort?.postMessage(`${known.length} mails to change`);
  const property = fc.asyncProperty(fuzzCase, async (mails) => {
    const count = Atomics.add(begun, 0, 1) + 1;
    if (count % TELL_EVERY === 0) parentPort?.postMessage(`${count} cases`);
    await checkCase(known, mails);
  });
  const result = await fc.check(property, { numRuns: runs, seed });
  if (result.failed) {
    parentPort?.postMessage(fc.defaultReportMessage(result) ?? 'failed');
    process.exitCode = 1;
  } else parentPort?.postMessage(`${result.numRuns} cases, no fault`);
}

/** Runs the cases in a thread, because a hang would stop the watch as well. */
async function watch(): Promise<void> {
  const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
  const runs = Number(values.runs ?? 10_000);
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
  console.log(`npm run fuzz -- --runs ${runs} --seed ${seed}`);
  const begun = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(import.meta.filename, { workerData: { runs, seed, begun } satisfies Order });
  const { promise, resolve } = Promise.withResolvers<number>();
  worker.on('message', (text: string) => console.log(text));
  worker.on('error', (error) => {
    console.error(error);
    resolve(1);
  });
  worker.on('exit', resolve);
  let [last, since] = [-1, Date.now()];
  const timer = setInterval(() => {
    const count = Atomics.load(begun, 0);
    if (count !== last) [last, since] = [count, Date.now()];
    if (Date.now() - since < HANG_MS) return;
    console.log(`case ${count} of seed ${seed} hangs`);
    process.exit(1);
  }, 1_000);
  process.exitCode = await promise;
  clearInterval(timer);
}
