import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PatchloomError } from '../src/util/errors.ts';
import type { Config } from './config.ts';
import { completeConfig } from './complete.ts';
import { type YamlFile, parseYaml } from './document.ts';
import { dropNullProjects, merge } from './merge.ts';
import { nearest } from './nearest.ts';
import { presetPath } from './preset.ts';
import { printProblems, problemsOf } from './problem.ts';
import { brokenRules } from './rules.ts';
import { type ConfigFile, PRESETS, fileSchema } from './schema.ts';
import { Secrets } from './secrets.ts';

/** What the command line says about the configuration. */
export interface ConfigOverrides {
  /** Data directory, relative to the working directory. */
  readonly data?: string;
}

/**
 * Reads, checks and completes the configuration in `file`. The result is deeply frozen.
 * The data directory is `overrides.data`, else PATCHLOOM_DATA of `env`, else the file's.
 * @throws PatchloomError CONFIG_MISSING, CONFIG_INVALID (every fault at once, one a line), SECRET_MISSING.
 */
export function loadConfig(
  file: string,
  env: NodeJS.ProcessEnv = process.env,
  overrides: ConfigOverrides = {},
): Config {
  const files = readFiles(file);
  const parsed = check(files);
  const directory = dirname(resolve(file));
  const asked = overrides.data ?? env['PATCHLOOM_DATA'];
  const data = asked === undefined || asked === '' ? resolve(directory, parsed.data) : resolve(asked);
  const secrets = new Secrets(env, directory);
  const config = completeConfig(parsed, { file, directory, data, secrets });
  secrets.check(file);
  return freeze(config);
}

/** The file, and after it the preset that it extends. */
function readFiles(file: string): readonly YamlFile[] {
  const own = readYaml(file);
  const name = (own.value as { extends?: unknown }).extends ?? null;
  if (name === null) return [own];
  const preset = PRESETS.find((candidate) => candidate === name);
  if (preset !== undefined) return [own, readYaml(presetPath(preset))];
  const close = typeof name === 'string' ? nearest(name, PRESETS) : null;
  const hint = close === null ? `allowed: ${PRESETS.join(', ')}` : `did you mean "${close}"?`;
  throw new PatchloomError(
    'CONFIG_INVALID',
    printProblems([{ path: ['extends'], text: `found ${JSON.stringify(name)}; ${hint}` }], [own]),
  );
}

function readYaml(file: string): YamlFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new PatchloomError('CONFIG_MISSING', `the configuration ${file} cannot be read`, { cause: error });
  }
  return parseYaml(file, text);
}

function check(files: readonly YamlFile[]): ConfigFile {
  const merged = files.map((file) => file.value).reduceRight((base, over) => merge(base, over));
  const result = fileSchema.safeParse(dropNullProjects(merged), { reportInput: true });
  const problems = result.success ? brokenRules(result.data) : problemsOf(fileSchema, result.error.issues);
  if (!result.success || problems.length > 0) {
    throw new PatchloomError('CONFIG_INVALID', printProblems(problems, files));
  }
  return result.data;
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}
