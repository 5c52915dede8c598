import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Upon SIGUSR2 writes into a file how much is alive, in MiB: what is left after a whole collection. */
export function tellLiveMemory(file: string): void {
  process.on('SIGUSR2', () => {
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    const { heapUsed, external } = process.memoryUsage();
    writeFileSync(file, String((heapUsed + external) / 2 ** 20));
  });
}
