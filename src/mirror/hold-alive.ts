import type { ChildProcess } from 'node:child_process';

interface Counted {
  ref?(): void;
  unref?(): void;
}

/** Whether Node waits for a long-lived child before it ends: only while something has been asked of it. */
export function holdAlive(child: ChildProcess, hold: boolean): void {
  for (const part of [child, child.stdin, child.stdout, child.stderr]) {
    const handle = part as Counted | null;
    if (hold) handle?.ref?.();
    else handle?.unref?.();
  }
}
