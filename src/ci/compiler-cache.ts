import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { exec } from '../util/exec.ts';
import { BASE_ENV, type Bind, BUILD_PATH } from './sandbox-args.ts';
import { trimFolder } from './trim.ts';

/** Compiler outputs (ccache) that builds of upstream's own commits have left, for all series of a project. */
export interface CompilerCache {
  /** Absolute path. Made where it does not exist. */
  readonly directory: string;
  readonly mostBytes: number;
}

/** What a command is given to use a cache. */
export interface CacheAccess {
  readonly env: Readonly<Record<string, string>>;
  readonly binds: readonly Bind[];
}

const SHARED = '/cache/shared';
const OWN = '/cache/own';
/** Where distributions keep links that stand for the compilers. */
const COMPILERS = ['/usr/lib/ccache', '/usr/lib/ccache/bin', '/usr/lib64/ccache'];
/** Since then `remote_storage` has its name, and `remote_only` exists (NEWS of ccache). */
const OLDEST = [4, 7] as const;

const COMMON = {
  PATH: `${COMPILERS.join(':')}:${BASE_ENV.PATH}`,
  CCACHE_BASEDIR: BUILD_PATH,
  // In the private /tmp: what is half-written is of no use to anybody.
  CCACHE_TEMPDIR: '/tmp',
};

/**
 * For a build of upstream's own commit, from an empty directory: what it compiles goes where all later builds look. Nothing of a series may run with
 * this, also not by files that it has left.
 */
export async function filling({ directory }: CompilerCache): Promise<CacheAccess> {
  await mkdir(directory, { recursive: true });
  return {
    env: { ...COMMON, CCACHE_DIR: '/tmp/ccache', CCACHE_REMOTE_STORAGE: `file:${SHARED}`, CCACHE_REMOTE_ONLY: 'true' },
    binds: [{ source: directory, target: SHARED, writable: true, counted: false }],
  };
}

/** For a build of a series: it reads what upstream's commits have left, and writes only to a folder that no other series sees. */
export async function reading({ directory }: CompilerCache, own: string): Promise<CacheAccess> {
  await mkdir(directory, { recursive: true });
  await mkdir(own, { recursive: true });
  return {
    env: { ...COMMON, CCACHE_DIR: OWN, CCACHE_REMOTE_STORAGE: `file:${SHARED}|read-only` },
    binds: [
      { source: directory, target: SHARED, writable: false, counted: false },
      { source: own, target: OWN, writable: true, counted: true },
    ],
  };
}

/** Removes what was written first, until the rest fits. */
export async function trimCache({ directory, mostBytes }: CompilerCache): Promise<void> {
  await trimFolder(directory, { before: 0, mostBytes });
}

/** Why compilers would not use the cache on this machine, in words, or null. */
export async function cacheProblem(): Promise<string | null> {
  // It does not start without a home.
  const result = await exec('ccache', ['--version'], { env: { HOME: BASE_ENV.HOME } }).catch(() => null);
  if (result === null) return 'ccache is not installed: install the package ccache';
  const [, major = '0', minor = '0'] = /^ccache version (\d+)\.(\d+)/.exec(result.stdout.toString('utf8')) ?? [];
  const [oldest, least] = OLDEST;
  const tooOld = Number(major) < oldest || (Number(major) === oldest && Number(minor) < least);
  if (tooOld) return `ccache ${major}.${minor} is too old: ${OLDEST.join('.')} or newer is needed`;
  if (COMPILERS.some((folder) => existsSync(folder))) return null;
  return `none of ${COMPILERS.join(', ')} is there: ccache stands for no compiler`;
}
