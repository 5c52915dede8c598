import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = new Set<string>();
// Hooks run in the order in which they were asked for: what a test ends after this one may write there once more.
process.on('exit', () => made.forEach(remove));

function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
}

/** An empty directory that is removed after the test. */
export function tempDir(t: { after(remove: () => void): void }): string {
  const directory = mkdtempSync(join(tmpdir(), 'patchloom-test-'));
  made.add(directory);
  t.after(() => remove(directory));
  return directory;
}
