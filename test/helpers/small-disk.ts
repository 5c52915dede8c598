import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A disk of a few MiB at `directory`, which only processes that are started through `enter` see. */
export interface SmallDisk extends AsyncDisposable {
  /** Words to put before a command. */
  readonly enter: readonly string[];
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  free(): void;
  /** `directory` as others see it. */
  readonly outside: string;
}

const BLOCK = 64 * 1024;

/**
 * A tmpfs in a mount namespace of its own, that of a process which waits: the disk outlives a kill of those that use it, and goes with us,
 * however we end. In a user namespace, so that nobody has to be root.
 */
export async function smallDisk(directory: string, mebibytes: number): Promise<SmallDisk> {
  mkdirSync(directory, { recursive: true });
  const mount = 'mount -t tmpfs -o "size=$1m" patchloom "$0" && echo there && exec cat';
  const words = ['--map-root-user', '--mount', 'sh', '-c', mount, directory, `${mebibytes}`];
  const holder = spawn('unshare', words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [word] = (await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])) as [unknown];
  if (!String(word).startsWith('there')) throw new Error('no tmpfs can be mounted in a user namespace');
  const outside = join(`/proc/${holder.pid}/root`, directory);
  const ballast = join(outside, 'ballast');
  return {
    enter: ['nsenter', `--target=${holder.pid}`, '--user', '--mount', '--preserve-credentials', `--wd=${directory}`],
    outside,
    fill: () => {
      try {
        for (;;) writeFileSync(ballast, Buffer.alloc(BLOCK), { flag: 'a' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    free: () => rmSync(ballast, { force: true }),
    [Symbol.asyncDispose]: async () => {
      const gone = once(holder, 'exit');
      holder.stdin.end();
      await gone;
    },
  };
}
