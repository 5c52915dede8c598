/** Seconds of the median of `rounds` runs. */
export async function medianSeconds(rounds: number, run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await run();
    times.push((performance.now() - start) / 1000);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? 0;
}

/** One line of a result: what, how many a second, and the ratio to a baseline. */
export function line(
  what: string,
  count: number,
  seconds: number,
  baseline?: { name: string; seconds: number },
): string {
  const rate = `${Math.round(count / seconds).toLocaleString('en')}/s`;
  const ratio = baseline === undefined ? '' : `  ${(baseline.seconds / seconds).toFixed(2)} x ${baseline.name}`;
  return `${what.padEnd(48)} ${rate.padStart(10)}  ${seconds.toFixed(2).padStart(6)} s${ratio}`;
}
