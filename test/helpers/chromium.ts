import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian's Chromium is, and what it must be told. */
export function chromiumOptions(): { readonly executablePath: string; readonly args: string[] } {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const program = folders.map((folder) => join(folder, 'chromium')).find((file) => existsSync(file)) ?? 'chromium';
  // Its sandbox does not start for root; the pages of the tests are our own.
  return { executablePath: program, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] };
}
