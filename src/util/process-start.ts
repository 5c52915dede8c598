import { readFile, readlink } from 'node:fs/promises';

/** When a process started, in the kernel's ticks: a number that a later process of the same id does not have. Null: it is not there. */
export async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null);
  return stat === null ? null : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null);
}

/** What process ids mean something in: this start of this machine, and of it the container. */
export async function processSpace(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1').catch(() => '');
  const space = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${boot.slice(0, 8)}.${space.replaceAll(/\D/g, '')}`;
}
