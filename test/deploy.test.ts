import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { ROOT } from '../src/root.ts';
import { ROLES } from '../src/roles.ts';
import { testWeb } from './helpers/web.ts';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

const ALERTS = (parse(read('tools/deploy/alerts.yaml')) as Rules).groups.flatMap(({ rules }) => rules);

/** The names that a scrape gives, without the endings of histograms. */
function family(name: string): string {
  return name.replace(/_(?:bucket|count|sum)$/, '');
}

test('every metric that an alarm or the dashboard asks for is one that is told', async (t) => {
  const { metrics } = await testWeb(t);
  const told = new Set((await metrics.registry.getMetricsAsJSON()).map(({ name }) => name));
  const dashboard = JSON.parse(read('tools/deploy/grafana.json')) as {
    readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
  };
  const asked = [
    ...ALERTS.map(({ expr }) => expr),
    ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ];
  const names = asked.flatMap((expr) => expr.match(/\b(?:patchloom|process)_\w+/g) ?? []);
  assert.ok(names.length > 20);
  for (const name of names) assert.ok(told.has(name) || told.has(family(name)), name);
});

test('every alarm has a section that says what to do', () => {
  const sections = [...read('docs/operations.md').matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
  assert.deepEqual(
    ALERTS.map(({ alert }) => alert),
    sections,
  );
});

test('the image is not root, and keeps everything in one place', () => {
  const image = read('tools/deploy/Containerfile');
  assert.match(image, /^USER 10001:10001$/m);
  assert.match(image, /^VOLUME \/data$/m);
  assert.match(image, /npm ci --ignore-scripts/);
});

test('every process of the compose file has a role that there is, tells its metrics, and has a read-only root and no rights', () => {
  const { services } = parse(read('tools/deploy/compose.yaml'), { merge: true }) as {
    readonly services: Record<string, { command?: string[]; read_only?: boolean; cap_drop?: string[] }>;
  };
  const ours = Object.values(services).filter(({ command }) => command?.[0] === 'serve');
  assert.deepEqual(
    ours.map(({ command }) => command?.[2]),
    ROLES.filter((role) => role !== 'all'),
  );
  for (const { command = [] } of ours) {
    const asks = command[2] === 'web' || command.includes('--metrics');
    assert.ok(asks, `${command.join(' ')}: nobody can ask it for its metrics`);
  }
  for (const { read_only: readOnly, cap_drop: dropped } of ours) assert.deepEqual([readOnly, dropped], [true, ['ALL']]);
});
