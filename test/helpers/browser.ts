import { readFileSync } from 'node:fs';
import { after } from 'node:test';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { chromiumOptions } from './chromium.ts';
import { tempDir } from './temp-dir.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const started: { browser: Promise<Browser> | null } = { browser: null };
// Of the file that imports this: where Chromium leaves a socket when it is ended early.
const moment = tempDir({ after });
// Of the file that imports this, not of the test that starts the browser.
after(async () => (await started.browser)?.close());

/** A page of Debian's Chromium, in a profile of its own; a fault of a script of the page, or what its policy refuses, is in `faults`. */
export interface BrowserPage {
  readonly page: Page;
  readonly faults: string[];
}

/** Opens a page; the browser is started on first use and ended after the file. */
export async function browserPage(options: BrowserContextOptions = {}): Promise<BrowserPage> {
  started.browser ??= chromium.launch({
    ...chromiumOptions(),
    env: { ...process.env, TMPDIR: moment },
  });
  const context = await (await started.browser).newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  return { page, faults };
}

/** What axe finds on the page, in words; what it calls minor is left out. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(`${AXE}; undefined`);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    interface Violation {
      readonly impact: string;
      readonly id: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact !== 'minor')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
      );
  });
}
