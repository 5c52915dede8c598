import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '..');

const STAGES = ['util', 'mail', 'source', 'patch', 'series', 'review', 'mirror', 'ci', 'report', 'sink'] as const;

/** Who may import whom: the table of the design. A folder may always import itself; `types` are folders of which only types may be imported. */
const MAY_IMPORT: Readonly<Record<string, { readonly values: readonly string[]; readonly types?: readonly string[] }>> =
  {
    'src/util': { values: [] },
    'src/mail': { values: ['util'] },
    'src/source': { values: ['util', 'mail'] },
    'src/patch': { values: ['util', 'mail'] },
    'src/series': { values: ['util', 'mail', 'patch'] },
    'src/review': { values: ['util', 'mail', 'patch', 'series'] },
    'src/mirror': { values: ['util', 'patch', 'series'], types: ['mail'] },
    'src/ci': { values: ['util', 'series', 'review', 'mirror'] },
    'src/report': { values: ['util', 'mail', 'series', 'review', 'mirror', 'ci'] },
    'src/sink': { values: ['util', 'mail'] },
    'src/github': { values: ['util', 'ci', 'report'] },
    'src/gitlab': { values: ['util', 'ci'] },
    'src/store': { values: ['util'], types: ['mail', 'patch', 'series', 'review', 'mirror', 'ci', 'report'] },
    'src/web': { values: ['util', 'store', 'review', 'report'], types: ['mail', 'series', 'mirror', 'ci'] },
    config: { values: ['util'] },
    handlers: { values: [...STAGES, 'store'], types: ['config'] },
  };

/** npm packages that only one folder may use. */
const ONLY_IN: Readonly<Record<string, readonly string[]>> = {
  probot: ['src/github', 'handlers/github'],
  '@octokit/rest': ['src/github'],
  '@gitbeaker/rest': ['src/gitlab'],
  imapflow: ['src/source'],
  mailparser: ['src/mail'],
  kysely: ['src/store'],
  'node:sqlite': ['src/store'],
  pg: ['src/store'],
  hono: ['src/web'],
  zod: ['config', 'src/web'],
  'fast-xml-parser': ['src/web/xmlrpc'],
  re2js: ['src/review'],
};

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

function sourceFiles(): string[] {
  return ['src', 'handlers', 'config'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(top, name)),
  );
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm);
  return [...found].map((match) => {
    const name = match[2] ?? match[3] ?? '';
    const target = name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name;
    return { file, target, typeOnly: match[1] !== undefined };
  });
}

/** `src/mail`, `config`, `handlers`; the wiring (`src/*.ts`, commands, demo) has none and may import anything. */
function folderOf(path: string): string | null {
  const match = /^(config|handlers|src\/([a-z]+))\//.exec(path);
  if (!match || match[2] === 'commands' || match[2] === 'demo') return null;
  return match[1] ?? null;
}

const files = sourceFiles();
const imports = files.flatMap(importsOf);
const internal = imports.filter((one) => one.target.endsWith('.ts'));

test('each folder imports only what the table of the design allows', () => {
  for (const { file, target, typeOnly } of internal) {
    const from = folderOf(file);
    if (from === null) continue;
    const to = folderOf(target);
    assert.ok(to, `${file} imports ${target}, which is wiring: only the wiring may import the wiring`);
    if (from === to) continue;
    const rule = MAY_IMPORT[from];
    assert.ok(rule, `${from} is not in the table`);
    const name = to.replace('src/', '');
    const allowed = rule.values.includes(name) || (typeOnly && (rule.types ?? []).includes(name));
    assert.ok(allowed, `${file} imports ${target}: ${from} may not import ${typeOnly ? 'types' : 'values'} of ${to}`);
  }
});

test('every folder of src is in the table', () => {
  for (const file of files) {
    const folder = folderOf(file);
    if (folder !== null) assert.ok(MAY_IMPORT[folder], `${folder} is not in the table`);
  }
});

test('there is no import cycle between files', () => {
  assert.equal(findCycle(internal.filter((one) => !one.typeOnly).map((one) => [one.file, one.target])), null);
});

test('there is no import cycle between folders, types included', () => {
  const edges = internal
    .map((one) => [folderOf(one.file), folderOf(one.target)] as const)
    .filter((edge): edge is readonly [string, string] => edge[0] !== null && edge[1] !== null && edge[0] !== edge[1]);
  assert.equal(findCycle(edges), null);
});

test('a library with one owner is imported by its owner alone', () => {
  for (const { file, target } of imports) {
    const owners = ONLY_IN[target];
    const folder = folderOf(file);
    if (owners && folder !== null)
      assert.ok(
        owners.some((owner) => file.startsWith(`${owner}/`)),
        `${file} imports ${target}, which belongs to ${owners.join(', ')}`,
      );
  }
});

test('the pure stages touch neither clock, disk, network nor process', () => {
  const impure =
    /\bfrom 'node:(fs|fs\/promises|net|http|https|child_process|os|process|timers|timers\/promises)'|\bprocess\.|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/;
  for (const file of files.filter((name) => /^src\/(mail|patch|series|review|report)\//.test(name))) {
    const text = readFileSync(join(root, file), 'utf8');
    const allowed = file === 'src/report/templates.ts' || file === 'src/mail/render.ts';
    if (!allowed) assert.doesNotMatch(text, impure, `${file} is not pure`);
  }
});

test('no source file is longer than 300 lines', () => {
  for (const file of files) {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length;
    assert.ok(lines <= 301, `${file} has ${lines} lines: is it one idea?`);
  }
});

/** The first cycle of a directed graph as a readable path, or null. */
function findCycle(edges: readonly (readonly [string, string])[]): string | null {
  const next = new Map<string, string[]>();
  for (const [from, to] of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): string | null => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node].join(' -> ');
    if (done.has(node)) return null;
    for (const to of next.get(node) ?? []) {
      const cycle = visit(to, [...path, node]);
      if (cycle !== null) return cycle;
    }
    done.add(node);
    return null;
  };
  for (const node of next.keys()) {
    const cycle = visit(node, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
