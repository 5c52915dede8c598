import assert from 'node:assert/strict';

/** Work on four times as much may take this many times as long; a square takes sixteen times. */
const LIMIT = 12;
/** Below this the collector and the compiler say more than the work. */
const SHORT_MS = 150;

async function shortest(work: () => unknown): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < 2; round += 1) {
    const start = process.cpuUsage();
    await work();
    const { user } = process.cpuUsage(start);
    best = Math.min(best, user / 1000);
  }
  return best;
}

/**
 * Holds that the cost grows with the size and not with its square: the ratio of the processor's time at `size` and at four times that, the better of
 * two runs each, so that a busy machine does not matter. What takes next to no time at the larger size passes.
 */
export async function assertLinear(size: number, workOf: (size: number) => () => unknown): Promise<void> {
  const [small, large] = [workOf(size), workOf(size * 4)];
  await small();
  const [one, four] = [await shortest(small), await shortest(large)];
  const told = `${size}: ${one.toFixed(1)} ms, ${size * 4}: ${four.toFixed(1)} ms`;
  if (four > SHORT_MS) assert.ok(four < Math.max(one, 1) * LIMIT, told);
  if (process.env['PATCHLOOM_TELL'] !== undefined) console.log(told);
}
