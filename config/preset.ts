import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PRESETS } from './schema.ts';

export type Preset = (typeof PRESETS)[number];

/** Path of a bundled preset, or of what runs where no file is given (`default`). In the installed package the compiled files lie in dist/config, the presets in config. */
export function presetPath(name: Preset | 'default'): string {
  const here = join(import.meta.dirname, `${name}.yaml`);
  return existsSync(here) ? here : join(import.meta.dirname, '..', '..', 'config', `${name}.yaml`);
}
