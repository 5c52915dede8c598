import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { changeWith, mutate } from './mutation.ts';

/** What a target tidies up by. */
export interface Ending {
  after(end: () => unknown): void;
}

/** Something that reads what strangers write. */
export interface Target {
  readonly name: string;
  open(ending: Ending): Promise<Cases>;
}

/** How long and by what chance. */
export interface How {
  /** Changed cases, beside the saved ones. */
  readonly runs: number;
  readonly seed: number;
  /** Null: all runs, whatever time they take. */
  readonly milliseconds: number | null;
}

/** Cases, and what must hold of each. */
export interface Cases {
  /** How many are tried as the corpus has them, before those that are changed. */
  readonly saved: number;
  /** Tries them. @returns how many there were, and the first fault in words */
  run(how: How, onBegin: () => void): Promise<{ readonly tried: number; readonly fault: string | null }>;
}

/** Milliseconds of the processor that one case may take; texts are at most 200 kB. */
const MAX_MS = 3_000;
const MOST_RUNS = 2 ** 31 - 1;

/** Cases that may each take a while of the processor and no more. @param check throws where something does not hold */
export function casesOf<T>(made: fc.Arbitrary<T>, saved: readonly T[], check: (one: T) => Promise<void>): Cases {
  const property = fc.asyncProperty(made, async (one) => {
    const start = process.cpuUsage();
    await check(one);
    const { user } = process.cpuUsage(start);
    if (user / 1000 > MAX_MS) throw new Error(`one case took ${user / 1000} ms`);
  });
  return {
    saved: saved.length,
    run: async ({ runs, seed, milliseconds }, onBegin) => {
      property.beforeEach(onBegin);
      const result = await fc.check(property, {
        seed,
        numRuns: Math.min(saved.length + runs, MOST_RUNS),
        examples: saved.map((one) => [one]),
        includeErrorInReport: true,
        ...(milliseconds === null ? {} : { interruptAfterTimeLimit: milliseconds }),
      });
      const fault = result.failed ? (fc.defaultReportMessage(result) ?? 'failed') : null;
      return { tried: result.numRuns, fault };
    },
  };
}

/** The saved cases of a target, our own words, in the order of their names. @param ending of the files that are meant */
export function seedsOf(name: string, ending: string = ''): readonly Buffer[] {
  const folder = join(import.meta.dirname, 'corpus', name);
  const files = readdirSync(folder).filter((file) => file.endsWith(ending));
  return files.toSorted().map((file) => readFileSync(join(folder, file)));
}

/** A seed after some changes, each of which may be one of the words that its reader looks for. */
export function textOf(seeds: readonly Buffer[], words: readonly string[]): fc.Arbitrary<Buffer> {
  const first = seeds[0] ?? Buffer.alloc(0);
  const changes = fc.array(changeWith(words), { maxLength: 8 });
  return fc
    .tuple(fc.constantFrom(...seeds), changes, fc.constantFrom(...seeds))
    .map(([seed, list, other]) => list.reduce((text, one) => mutate(text, one, other), seed ?? first));
}

/** The saved texts of a target, and those changed. */
export function textCases(name: string, words: readonly string[], check: (text: Buffer) => Promise<void>): Cases {
  const seeds = seedsOf(name);
  return casesOf(textOf(seeds, words), seeds, check);
}
