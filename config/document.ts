import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { PatchloomError } from '../src/util/errors.ts';
import { printFaults } from './faults.ts';

/** Where a value stands: keys and list positions from the top. */
export type Path = readonly PropertyKey[];

/** One YAML file, with the lines of its values. */
export interface YamlFile {
  readonly name: string;
  /** The plain value; `{}` for an empty file. */
  readonly value: unknown;
  /** Line of the value at `path`, or of the nearest block around it; and how many steps of the path were found. */
  locate(path: Path): { readonly line: number; readonly depth: number };
}

/**
 * Parses YAML 1.2.
 * @throws PatchloomError CONFIG_INVALID, one line for each fault with file and line.
 */
export function parseYaml(name: string, text: string): YamlFile {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    version: '1.2',
    // Its warnings go to standard error by themselves; what they warn of is no key that we know.
    logLevel: 'error',
  });
  if (document.errors.length > 0) {
    const lines = document.errors.map(
      (error) => `${name}:${counter.linePos(error.pos[0]).line}: ${firstLine(error.message)}`,
    );
    throw new PatchloomError('CONFIG_INVALID', printFaults(name, lines));
  }
  return { name, value: plain(name, document), locate: (path) => locate(document, counter, path) };
}

function plain(name: string, document: Document): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
    if (holdsItself(value, [])) throw new Error('an alias stands for a block around it');
    return value;
  } catch (error) {
    // The parser's guard against aliases that multiply, and ours.
    throw new PatchloomError('CONFIG_INVALID', `${name}:1: ${firstLine(String(error))}`, { cause: error });
  }
}

/** Whether some value is inside itself: an alias (`*a`) within its own anchor. */
function holdsItself(value: unknown, around: readonly unknown[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (around.includes(value)) return true;
  return Object.values(value).some((inner) => holdsItself(inner, [...around, value]));
}

function locate(document: Document, counter: LineCounter, path: Path): { line: number; depth: number } {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const [depth, step] of path.entries()) {
    const next = enter(isAlias(node) ? node.resolve(document) : node, step);
    if (next === null) return { line: counter.linePos(offset).line, depth };
    node = next.value;
    offset = next.offset ?? offset;
  }
  return { line: counter.linePos(offset).line, depth: path.length };
}

/** One step into a block or list: the value, and where its key (or itself, in a list) stands. */
function enter(node: unknown, step: PropertyKey): { value: unknown; offset: number | undefined } | null {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
    if (pair === undefined) return null;
    return { value: pair.value, offset: isNode(pair.key) ? pair.key.range?.[0] : undefined };
  }
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? null : { value: item, offset: isNode(item) ? item.range?.[0] : undefined };
  }
  return null;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
