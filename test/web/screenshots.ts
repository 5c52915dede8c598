/**
 * The pictures of docs/pages, made of what the demo does: `node test/web/screenshots.ts`.
 * With a directory, every main page goes there, wide and narrow, light and dark, for somebody to look at.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import type { ProjectConfig } from '../../config/config.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { sendNext } from '../../handlers/report-decided.ts';
import { type Bot, openBot, STAGES } from '../../src/bot.ts';
import { openMailbox } from '../../src/demo/mailbox.ts';
import { makeProject } from '../../src/demo/project.ts';
import { demoConfig } from '../../src/demo/settings.ts';
import { startWeb } from '../../src/service-web.ts';
import { mboxSource } from '../../src/source/mbox.ts';
import type { RawMail } from '../../src/source/raw-mail.ts';
import { silentLog } from '../../src/util/log.ts';
import { createMetrics } from '../../src/web/metrics.ts';
import { drain } from '../../src/worker.ts';
import { newToken } from '../../src/web/tokens.ts';
import { chromiumOptions } from '../helpers/chromium.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Some days after the last mail of the demo. */
const NOW = Date.parse('2026-03-12T10:00:00Z');
/** Mails of one day: what waits is applied, built and answered before the next day. */
const DAYS = [7, 8, 1];

/** What the operator logs in with, and what the configuration has of it. */
const OPERATOR = newToken();

const CHANGE = '/change/pause-a-domain-and-stamp-its-console-cc95a8f7';
const PATCH = '/patch/20260305090300.9200-4-mira@guest.example';

const PICTURES = [
  { name: 'overview', path: '/', width: 1100, height: 760 },
  { name: 'changes', path: '/series', width: 1100, height: 640 },
  { name: 'change', path: CHANGE, width: 1100, height: 1000 },
  { name: 'patch', path: PATCH, width: 1100, height: 1000, dark: true },
  { name: 'compare', path: `${CHANGE}/compare?from=1&to=2`, width: 1100, height: 820 },
  { name: 'patch-phone', path: PATCH, width: 320, height: 1180 },
  { name: 'moderation', path: '/moderation', width: 1100, height: 760 },
];

const PAGES = {
  overview: '/',
  changes: '/series',
  search: '/series?q=stamp+-has%3Atags',
  change: CHANGE,
  compare: `${CHANGE}/compare?from=1&to=2`,
  patch: PATCH,
  evidence: `${PATCH}/evidence`,
  message: '/message/20260305090300.9200-4-mira@guest.example',
  plots: '/plots',
  machine: '/machine',
  outbox: '/outbox',
  run: '/run/1',
  moderation: '/moderation',
  nothing: '/patch/nobody@example.org',
};

async function play(bot: Bot): Promise<void> {
  const mails: RawMail[] = [];
  const box = mboxSource(join(ROOT, 'src/demo/demo.mbox'));
  for await (const mail of box.read(null, new AbortController().signal)) mails.push(mail);
  for (const count of DAYS) {
    await messagesArrived(bot, mails.splice(0, count), { act: true });
    await drain(bot, STAGES);
    while (await sendNext(bot));
  }
}

/** Opens a page in a browser of its own settings, with the pictures' own fonts and no animation. */
async function opened(path: string, look: { width: number; height: number; dark?: boolean }): Promise<Page> {
  const { width, height, dark = false } = look;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const { url, data } = path === '/moderation' ? moderated : live;
  // As its operator has it. The pages believe that they are asked by https, so that no browser would keep the cookie of the form.
  if (path === '/moderation')
    await context.addCookies([{ name: 'patchloom-operator', value: OPERATOR.token, url: url + path }]);
  await page.goto(url + path);
  // The demo's branches are in a directory of this machine.
  const places = `for (const one of document.querySelectorAll('code')) one.textContent = one.textContent.replace('${data}', 'https://git.example.org')`;
  if (path === CHANGE) await page.evaluate(places);
  return page;
}

async function takePictures(): Promise<void> {
  for (const { name, path, ...look } of PICTURES) {
    const page = await opened(path, look);
    await page.screenshot({ path: join(ROOT, 'docs/pages', `${name}.jpg`), type: 'jpeg', quality: 70 });
    await page.context().close();
  }
}

async function takeAll(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, path] of Object.entries(PAGES))
    for (const width of [1280, 320])
      for (const dark of [false, true]) {
        const page = await opened(path, { width, height: 800, dark });
        const wide = await page.evaluate('document.documentElement.scrollWidth');
        if (typeof wide === 'number' && wide > width) console.log(`${name}: ${wide} wide in ${width}`);
        const file = `${name}-${width}${dark ? '-dark' : ''}.png`;
        await page.screenshot({ path: join(directory, file), fullPage: true });
        await page.context().close();
      }
}

/** The demo, played to its end in one mode, and its pages. */
async function show(mode: ProjectConfig['mode']) {
  const data = await mkdtemp(join(tmpdir(), 'patchloom-pictures-'));
  await makeProject(data);
  await using mailbox = await openMailbox();
  const { web, projects, ...config } = demoConfig(data, mailbox.port, 'none');
  if (web === null) throw new Error('the demo has no pages');
  const bot = await openBot(
    {
      ...config,
      projects: projects.map((project) => ({ ...project, mode })),
      web: { ...web, port: 0, url: 'https://patches.example.org', operator: OPERATOR.kept },
    },
    { log: silentLog, serve: 'intake', clock: { now: () => NOW } },
  );
  await play(bot);
  const pages = await startWeb(bot, createMetrics(bot.store, bot.clock));
  return {
    data,
    url: pages?.url ?? '',
    close: async () => {
      await pages?.close();
      await bot[Symbol.asyncDispose]();
      await rm(data, { recursive: true, force: true });
    },
  };
}

const live = await show('live');
const moderated = await show('moderate');
const browser = await chromium.launch(chromiumOptions());
const [directory] = process.argv.slice(2);
await (directory === undefined ? takePictures() : takeAll(directory));
await browser.close();
await live.close();
await moderated.close();
