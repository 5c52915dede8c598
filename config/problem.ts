import type { z } from 'zod';
import type { Path, YamlFile } from './document.ts';
import { printFaults } from './faults.ts';
import { childOf, noteOf, unwrap } from './field.ts';
import { nearest } from './nearest.ts';
import { newFormOf } from './retired.ts';

/** One thing that is wrong with a configuration. */
export interface Problem {
  readonly path: Path;
  /** What was found and what is allowed. */
  readonly text: string;
}

/** `file:line: path: text`, in the order of the files and lines. The first file is the user's own, the other its preset. */
export function printProblems(problems: readonly Problem[], files: readonly YamlFile[]): string {
  const placed = problems.map((problem) => ({ problem, ...place(problem.path, files) }));
  const lines = placed
    .sort((a, b) => a.rank - b.rank || a.line - b.line)
    .map(({ problem, rank, line }) => `${files[rank]?.name}:${line}: ${printPath(problem.path)}: ${problem.text}`);
  return printFaults(files[0]?.name ?? '', lines);
}

/** The file that knows most of the path, the user's where both do; a list is wholly of one file. */
function place(path: Path, files: readonly YamlFile[]): { rank: number; line: number } {
  const listStart = path.findIndex((step) => typeof step === 'number');
  const places = files.map((file, rank) => ({ rank, ...file.locate(path) }));
  const inList = places.find(({ depth }) => listStart !== -1 && depth > listStart);
  return (
    inList ??
    places.reduce(
      (best, other) => (other.depth > best.depth ? other : best),
      places[0] ?? { rank: 0, line: 1, depth: 0 },
    )
  );
}

/** `projects.xen.build.jobs[0].run`. */
export function printPath(path: Path): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return text.replace(/^\./, '') || 'file';
}

/** zod's issues in the words of the fields' notes. */
export function problemsOf(schema: z.core.$ZodType, issues: readonly z.core.$ZodIssue[]): Problem[] {
  return issues.flatMap((issue) => {
    const field = fieldAt(schema, issue.path);
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(field, issue.path, key));
    const say = issue.code === 'custom' ? issue.params?.['say'] : null;
    if (typeof say === 'string') return [{ path: issue.path, text: say }];
    const { allowed, example } = field === null ? {} : (noteOf(field) ?? {});
    const hint = `${allowed ?? 'see docs/configuration.md'}${example === undefined ? '' : `, such as ${example}`}`;
    if (issue.input === undefined) return [{ path: issue.path, text: `missing; give ${hint}` }];
    return [{ path: issue.path, text: `found ${show(issue.input)}; allowed: ${allowed ?? hint}` }];
  });
}

/** The schema of the field at `path`, or of the nearest one around it that has a note. */
function fieldAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType | null {
  let field: z.core.$ZodType | null = schema;
  let noted = noteOf(schema) === null ? null : schema;
  for (const step of path) {
    field = field === null ? null : childOf(field, step);
    if (field !== null && noteOf(field) !== null) noted = field;
  }
  return noted;
}

function unknownKey(field: z.core.$ZodType | null, path: Path, key: string): Problem {
  const now = newFormOf([...path, key]);
  if (now !== null) return { path: [...path, key], text: `this key has another form now: ${now}` };
  const inner = field === null ? null : unwrap(field);
  const keys = inner !== null && 'shape' in inner ? Object.keys(inner.shape as object) : [];
  const close = nearest(key, keys);
  const text = close === null ? `unknown key; known: ${keys.join(', ')}` : `unknown key; did you mean "${close}"?`;
  return { path: [...path, key], text };
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
