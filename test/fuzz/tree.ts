import fc from 'fast-check';

/** One change to a JSON document: which of its values, and what stands there then. */
export interface Graft {
  readonly at: number;
  readonly value: unknown;
}

/** What readers of JSON do not count on. */
const ODD = [
  null,
  '',
  0,
  -1,
  1e308,
  true,
  [],
  {},
  [[]],
  '\u0000',
  '\r\nX-Evil: 1',
  '<script>',
  '../../x',
  'x'.repeat(70_000),
  '𝕏',
] as const;

export const graft: fc.Arbitrary<Graft> = fc.record({
  at: fc.nat(40),
  value: fc.oneof(fc.constantFrom(...ODD), fc.jsonValue({ maxDepth: 3 }), fc.string()),
});

/** The document with one value replaced: the n-th in reading order, which is the whole where there are fewer. */
export function grafted(document: unknown, { at, value }: Graft): unknown {
  let left = at;
  const walk = (node: unknown): unknown => {
    if (left === 0) {
      left = -1;
      return value;
    }
    left -= 1;
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(document);
}
