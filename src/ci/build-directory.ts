import { mkdir, rm, statfs } from 'node:fs/promises';
import { exec } from '../util/exec.ts';
import { BUILD_UID } from './sandbox-args.ts';

/** Free bytes for others than root, and whether no file can be made any more. */
export interface Room {
  readonly bytes: number;
  readonly full: boolean;
}

/** Room on the file system of `directory`. @throws ENOENT where it does not exist */
export async function roomOf(directory: string): Promise<Room> {
  const { bavail, bsize, files, ffree } = await statfs(directory);
  return { bytes: bavail * bsize, full: files > 0 && ffree === 0 };
}

/** A run does not begin, and its failure is not the patch's, with less room than this on the disk. */
const HOST_ROOM = 64 * 2 ** 20;

/** Why no build can begin in `directory` now, in words; null where there is room. @throws ENOENT where it does not exist */
export async function noRoomFor(directory: string): Promise<string | null> {
  const room = await roomOf(directory);
  if (room.full) return 'the disk of the build directory has no room for another file';
  return room.bytes < HOST_ROOM
    ? `the disk of the build directory has less than ${HOST_ROOM / 2 ** 20} MiB free`
    : null;
}

/** Bytes that folders take on disk; Infinity where a build hides some from its own user; null where it cannot be told. */
export async function sizeOf(directories: readonly string[]): Promise<number | null> {
  const result = await exec('du', ['-skxc', ...directories], { env: { LC_ALL: 'C' }, timeout: 120_000 });
  if (/Permission denied/.test(result.stderr)) return Infinity;
  const kibibytes = Number.parseInt(/^(\d+)\ttotal$/m.exec(result.stdout.toString('latin1'))?.[1] ?? '', 10);
  return Number.isNaN(kibibytes) ? null : kibibytes * 1024;
}

/** Gives what a checkout by root has written to the user that builds. Links themselves change hands, never what they point to. */
export async function giveToBuilder(directory: string): Promise<string | null> {
  const owner = `${BUILD_UID}:${BUILD_UID}`;
  const result = await exec('find', [
    directory,
    '-xdev',
    '!',
    '-uid',
    `${BUILD_UID}`,
    '-exec',
    'chown',
    '-h',
    owner,
    '{}',
    '+',
  ]);
  return result.code === 0 ? null : `cannot give the build directory to uid ${BUILD_UID}: ${result.stderr.trim()}`;
}

/** Makes `directory` anew, empty. A build may leave folders without write permission; links are removed, not followed. */
export async function emptyDirectory(directory: string): Promise<void> {
  try {
    await rm(directory, { recursive: true, force: true });
  } catch {
    await exec('chmod', ['-R', 'u+rwX', directory]);
    await rm(directory, { recursive: true, force: true });
  }
  await mkdir(directory, { recursive: true });
}
