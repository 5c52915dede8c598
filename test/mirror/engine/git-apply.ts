import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';

const ENV = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: devNull,
};

/** A directory outside any repository in which `git apply` patches a file `f`. */
export interface ApplyDesk extends Disposable {
  /** Text of `f` after the diff, null where git does not apply it. All text is latin1. */
  apply(target: string, diff: string): string | null;
}

export function applyDesk(): ApplyDesk {
  const directory = mkdtempSync(join(tmpdir(), 'patchloom-apply-'));
  const file = join(directory, 'f');
  const env = { ...ENV, GIT_DIR: join(directory, 'none') };
  return {
    apply: (target, diff) => {
      writeFileSync(file, target, 'latin1');
      const args = ['apply', '--whitespace=nowarn', '-'];
      const { status } = spawnSync('git', args, { cwd: directory, env, input: Buffer.from(diff, 'latin1') });
      return status === 0 ? readFileSync(file, 'latin1') : null;
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Factor for the number of generated cases: PATCHLOOM_FUZZ=20 for a long run by hand. */
export const FUZZ = Number(process.env['PATCHLOOM_FUZZ'] ?? 1);
