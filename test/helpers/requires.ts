import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { postgresPrograms } from './postgres.ts';

const told = new Set<string>();

/**
 * Options for a test that needs a program of the machine: `test('...', requires('bwrap'), ...)`. Without the program the test is skipped with one
 * loud line, but where CI is set it fails: there nothing may be left out unseen.
 */
export function requires(program: string): { skip?: string } {
  // Servers live in sbin, which an ordinary user's PATH may lack, and PostgreSQL in a directory of its version.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', postgresPrograms() ?? ''];
  if (folders.some((folder) => isExecutable(join(folder, program)))) return {};
  const reason = `${program} is not installed`;
  if (process.env['CI'] !== undefined) throw new Error(`${reason}, and CI is set: install it`);
  if (!told.has(program)) console.error(`\n*** ${reason}: tests that need it are SKIPPED ***\n`);
  told.add(program);
  return { skip: reason };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
