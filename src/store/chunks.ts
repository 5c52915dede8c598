/** Values in one `in (…)` list or one insert: far below the engines' limits on parameters, and few enough statements. */
export const CHUNK = 200;

/** The values in pieces of at most `size`, without repeats. */
export function* chunks<T>(values: Iterable<T>, size: number = CHUNK): Generator<T[]> {
  let chunk: T[] = [];
  for (const value of new Set(values)) {
    chunk.push(value);
    if (chunk.length === size) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}
