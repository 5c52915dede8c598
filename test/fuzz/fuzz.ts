/**
 * `npm run fuzz -- --minutes 20`, or `--runs 100000 --seed 1 --target mail`: what strangers write, as the corpus has it and then changed at
 * random, through all that reads it: mail, diff, maintainers, config, webhook, api. Ends with 1 at the first crash, broken rule or hang, and says how to see it again.
 */
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { How, Target } from './target.ts';
import { mailTarget, TEXT_TARGETS } from './text-targets.ts';
import { WEB_TARGETS } from './web-targets.ts';

interface Order extends How {
  readonly target: string;
  /** Cases begun, for the watch. */
  readonly begun: Int32Array;
}

const TARGETS: readonly Target[] = [mailTarget(10_000), ...TEXT_TARGETS, ...WEB_TARGETS];
/** A case that takes longer hangs; one that is only slow fails by the processor's time. */
const HANG_MS = 60_000;

if (isMainThread) await watchAll();
else await run(workerData as Order);

async function run({ target: name, begun, ...how }: Order): Promise<void> {
  const target = TARGETS.find((one) => one.name === name);
  if (target === undefined) throw new Error(`no target ${name}: ${TARGETS.map((one) => one.name).join(', ')}`);
  const endings: (() => unknown)[] = [];
  const cases = await target.open({ after: (end) => void endings.push(end) });
  const { tried, fault } = await cases.run(how, () => void Atomics.add(begun, 0, 1));
  const saved = Math.min(cases.saved, tried);
  parentPort?.postMessage(fault ?? `${name}: ${saved} saved and ${tried - saved} changed cases, no fault`);
  if (fault !== null) process.exitCode = 1;
  for (const end of endings.toReversed()) await end();
}

async function watchAll(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string' },
      seed: { type: 'string' },
      minutes: { type: 'string' },
      target: { type: 'string' },
    },
  });
  const names = values.target === undefined ? TARGETS.map(({ name }) => name) : [values.target];
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
  const milliseconds = values.minutes === undefined ? null : (Number(values.minutes) * 60_000) / names.length;
  const runs = Number(values.runs ?? (milliseconds === null ? 10_000 : 2 ** 31 - 1));
  for (const target of names) {
    console.log(`npm run fuzz -- --target ${target} --runs ${runs} --seed ${seed}`);
    const begun = new Int32Array(new SharedArrayBuffer(4));
    process.exitCode = Math.max(
      await watch({ target, runs, seed, milliseconds, begun }),
      Number(process.exitCode ?? 0),
    );
  }
}

/** Runs the cases in a thread, because a hang would stop the watch as well. */
async function watch(order: Order): Promise<number> {
  const worker = new Worker(import.meta.filename, { workerData: order });
  const { promise, resolve } = Promise.withResolvers<number>();
  worker.on('message', (text: string) => console.log(text));
  worker.on('error', (error) => {
    console.error(error);
    resolve(1);
  });
  worker.on('exit', resolve);
  let [last, since] = [-1, Date.now()];
  const timer = setInterval(() => {
    const count = Atomics.load(order.begun, 0);
    if (count !== last) [last, since] = [count, Date.now()];
    if (Date.now() - since < HANG_MS) return;
    console.log(`case ${count} of ${order.target}, seed ${order.seed}, hangs`);
    process.exit(1);
  }, 1_000);
  const code = await promise;
  clearInterval(timer);
  return code;
}
