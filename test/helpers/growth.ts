import assert from 'node:assert/strict';

/** Work on four times as much may take this many times as long; a square takes sixteen times. */
const LIMIT = 12;
/** Below this the collector and the compiler say more than the work. */
const SHORT_MS = 150;

/** Milliseconds of the processor, so that a busy machine does not matter. */
async function costOf(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  return process.cpuUsage(start).user / 1000;
}

/**
 * Holds that the cost grows with the size and not with its square: the ratio of the processor's time at `size` and at four times that.
 * What takes next to no time at the larger size passes; what seems too much is run once more.
 */
export async function assertLinear(size: number, workOf: (size: number) => () => unknown): Promise<void> {
  const [small, large] = [workOf(size), workOf(size * 4)];
  await small();
  const one = Math.max(1, await costOf(small));
  const isFine = (cost: number): boolean => cost < SHORT_MS || cost < one * LIMIT;
  const first = await costOf(large);
  const four = isFine(first) ? first : Math.min(first, await costOf(large));
  const told = `${size}: ${one.toFixed(1)} ms, ${size * 4}: ${four.toFixed(1)} ms`;
  if (process.env['PATCHLOOM_TELL'] !== undefined) console.log(told);
  assert.ok(isFine(four), told);
}
