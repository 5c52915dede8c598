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
  /** Cases, and what must hold of each; the check throws where it does not. */
  open(ending: Ending): Promise<fc.IAsyncPropertyWithHooks<[never]> | fc.IAsyncPropertyWithHooks<[unknown]>>;
}

/** Milliseconds of the processor that one case may take; texts are at most 200 kB. */
const MAX_MS = 3_000;

/** The seeds of a target, our own words, in the order of their names. */
export function seedsOf(name: string): readonly Buffer[] {
  const folder = join(import.meta.dirname, 'corpus', name);
  return readdirSync(folder)
    .toSorted()
    .map((file) => readFileSync(join(folder, file)));
}

/** A seed after some changes, each of which may be one of the words that its reader looks for. */
export function textOf(seeds: readonly Buffer[], words: readonly string[]): fc.Arbitrary<Buffer> {
  const first = seeds[0] ?? Buffer.alloc(0);
  const changes = fc.array(changeWith(words), { maxLength: 8 });
  return fc
    .tuple(fc.constantFrom(...seeds), changes, fc.constantFrom(...seeds))
    .map(([seed, list, other]) => list.reduce((text, one) => mutate(text, one, other), seed ?? first));
}

/** A property whose cases may take a while of the processor and no more. */
export function property<T>(cases: fc.Arbitrary<T>, check: (one: T) => Promise<void>): fc.IAsyncPropertyWithHooks<[T]> {
  return fc.asyncProperty(cases, async (one) => {
    const start = process.cpuUsage();
    await check(one);
    const { user } = process.cpuUsage(start);
    if (user / 1000 > MAX_MS) throw new Error(`one case took ${user / 1000} ms`);
  });
}
