import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { saveChecks } from '../../src/store/checks.ts';
import { listSeries } from '../../src/store/series.ts';
import { type ApiCase, apiCase } from '../helpers/api-case.ts';
import { browserPage, axeFaults } from '../helpers/browser.ts';
import { mailText } from '../helpers/mail-text.ts';
import { LIST, postedSeries, review } from '../helpers/posted.ts';
import { requires } from '../helpers/requires.ts';
import { sampleCheck } from '../helpers/samples.ts';

const CHROMIUM = requires('chromium');

/** A comment on a line of patch 1 of the first version of `apple`. */
function comment(id: string, text: string, changes: { from?: string; quote?: string; replyTo?: string } = {}): Buffer {
  const { from = 'Rob Reviewer <rob@example.org>', quote = '> +two of apple v1 1', replyTo = 'apple1-1' } = changes;
  const body = `${quote}\n\n${text}\n`;
  const date = 'Tue, 4 Jun 2024 09:00:00 +0200';
  return mailText({ id, replyTo, from, to: LIST, subject: 'Re: [PATCH 1/2] a: apple part 1', date, body });
}

/** Two versions of one change with a comment and a tag, and another change. */
async function filled(t: TestContext): Promise<ApiCase> {
  const its = await apiCase(t);
  const apple = postedSeries(its.repo, 'apple');
  await its.receive(...apple, ...postedSeries(its.repo, 'pear'), comment('c1', 'Why two?'), review('apple1-1'));
  return its;
}

/** One patch of twelve new lines, of which the sixth is another in each version. */
function plum(version: number): Buffer {
  const lines = Array.from({ length: 12 }, (_, at) =>
    at === 5 ? `+line in version ${version}` : `+line ${at} of plum`,
  );
  const diff = [
    'diff --git a/p.c b/p.c',
    'new file mode 100644',
    '--- /dev/null',
    '+++ b/p.c',
    '@@ -0,0 +1,12 @@',
    ...lines,
  ];
  const body = `Because.\n\nSigned-off-by: Ann Author <ann@example.org>\n---\n p.c | 12 ++++++++++++\n\n${diff.join('\n')}\n-- \n2.39\n`;
  const date = `Mon, 0${version + 2} Jun 2024 10:00:00 +0200`;
  return mailText({ id: `plum${version}-1`, subject: `[PATCH v${version}] make plum right`, to: LIST, date, body });
}

async function changeOf(its: ApiCase, name: string): Promise<string> {
  const found = await listSeries(its.bot.store.db, { text: `make ${name}`, limit: 1 });
  const [one] = found;
  assert.ok(one, name);
  return `/change/${encodeURIComponent(one.series.change)}?project=hello`;
}

test('somebody searches, opens a change, and reads a comment at its line', CHROMIUM, async (t) => {
  const its = await filled(t);
  const { page, faults } = await browserPage();
  await page.goto(its.url);
  await page.getByLabel('Search changes').fill('apple author:ann has:comments');
  await page.keyboard.press('Enter');
  assert.match(await page.locator('p[role=status]').innerText(), /^1 found/);
  await page.getByRole('link', { name: 'make apple right' }).click();
  assert.match(await page.locator('h1').innerText(), /make apple right/);
  await page.getByRole('link', { name: 'a: apple part 1' }).click();
  const lines = page.locator('.diff .line.added:has(+ article.comment)');
  assert.match(await lines.first().innerText(), /\+two of apple v1 1/);
  assert.match(await page.locator('.diff article.comment').innerText(), /Rob Reviewer .*open[\s\S]*Why two\?/);
  assert.match(
    await page.locator('.code .line.added', { hasText: 'from a reply' }).innerText(),
    /Reviewed-by: Rob Reviewer/,
  );
  await page.getByText('Reviewed-by', { exact: true }).first().click();
  assert.ok(await page.getByRole('link', { name: 'the mail', exact: true }).first().isVisible());
  await page.getByRole('link', { name: 'All evidence' }).click();
  assert.match(await page.locator('tbody').innerText(), /Reviewed-by: Rob Reviewer <rob@example\.org>[\s\S]*given/);
  assert.deepEqual(faults, []);
});

test('two versions are compared, and it is told what became of the commented line', CHROMIUM, async (t) => {
  const its = await apiCase(t);
  const about = { quote: '> +line in version 1', replyTo: 'plum1-1' };
  const kept = { quote: '> +line 2 of plum', replyTo: 'plum1-1' };
  await its.receive(plum(1), comment('p1', 'Why one?', about), comment('p2', 'Really?', kept), plum(2));
  const { page, faults } = await browserPage();
  await page.goto(`${its.url}${await changeOf(its, 'plum')}`);
  await page.getByRole('link', { name: 'What has changed between the versions' }).click();
  const first = page.locator('section.file').first();
  assert.match(await first.innerText(), /1 → 1 changed make plum right/);
  assert.match(await first.locator('.removed').innerText(), /-\+line in version 1/);
  assert.match(await first.locator('.added').innerText(), /\+\+line in version 2/);
  assert.match(
    await page.locator('tbody').innerText(),
    /Why one\?[\s\S]*line has changed[\s\S]*Really\?[\s\S]*line is as it was/,
  );
  await page.getByLabel('To').selectOption({ index: 0 });
  await page.getByRole('button', { name: 'Compare' }).click();
  assert.match(await page.locator('section.file').first().innerText(), /unchanged/);
  assert.deepEqual(faults, []);
});

test('an open page of a change follows a run and a new tag without being asked again', CHROMIUM, async (t) => {
  const its = await filled(t);
  const { page, faults } = await browserPage();
  await page.goto(`${its.url}${await changeOf(its, 'pear')}`);
  await page.getByText('· live').waitFor();
  await page.evaluate(() => Object.assign(globalThis, { kept: true }));
  const [found] = await listSeries(its.bot.store.db, { text: 'make pear', limit: 1 });
  assert.ok(found);
  const save = (state: 'pending' | 'success', at: number) =>
    its.bot.store.transaction((tx) =>
      saveChecks(tx, found.series, [{ check: sampleCheck('build', { state, patch: null }), jobHash: 'h' }], at),
    );
  await save('pending', 1);
  await page.locator('.matrix .badge', { hasText: 'runs' }).waitFor();
  await save('success', 2);
  await page.locator('.matrix .badge', { hasText: 'passes' }).waitFor();
  await its.receive(review('pear1-1'));
  await page.locator('.matrix .badge', { hasText: 'Reviewed-by' }).waitFor();
  assert.equal(await page.evaluate(() => 'kept' in globalThis), true, 'the page was loaded again');
  assert.deepEqual(faults, []);
});

test('by keyboard alone: skip link, search field, list, change', CHROMIUM, async (t) => {
  const its = await filled(t);
  const { page } = await browserPage();
  await page.goto(`${its.url}/series`);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate('document.activeElement?.textContent'), 'Skip to the content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate('document.activeElement?.id'), 'main');
  await page.keyboard.press('/');
  await page.keyboard.type('pear');
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=pear/);
  await page.keyboard.press('j');
  assert.equal(await page.evaluate('document.activeElement?.textContent'), 'make pear right');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/change\//);
  for (let at = 0; at < 12; at += 1) {
    await page.keyboard.press('Tab');
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    assert.notEqual(outline, 'none', 'what has the focus is seen to have it');
  }
});

const paths = async (its: ApiCase): Promise<string[]> => {
  const change = await changeOf(its, 'apple');
  const patch = '/patch/apple1-1%40example.org';
  const own = [change, change.replace('?', '/compare?'), patch, `${patch}/evidence`, '/message/c1%40example.org'];
  return ['/', '/series', '/series?q=nothing+here', '/plots', '/machine', '/outbox', ...own];
};

test(
  'every page is usable by everybody, in light and dark, and nothing on it is refused by its own policy',
  CHROMIUM,
  async (t) => {
    const its = await filled(t);
    await its.receive(...postedSeries(its.repo, 'apple', 2));
    const backgrounds = new Set<string>();
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, faults } = await browserPage({ colorScheme });
      for (const path of await paths(its)) {
        await page.goto(`${its.url}${path}`);
        assert.deepEqual(await axeFaults(page), [], `${colorScheme} ${path}`);
        backgrounds.add(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor'));
      }
      assert.deepEqual(faults, []);
    }
    assert.equal(backgrounds.size, 2);
  },
);

test('on a screen of 320 px nothing has to be scrolled sideways', CHROMIUM, async (t) => {
  const its = await filled(t);
  const { page } = await browserPage({ viewport: { width: 320, height: 640 } });
  for (const path of await paths(its)) {
    await page.goto(`${its.url}${path}`);
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    assert.ok(width <= 320, `${path}: ${width}`);
  }
});

test('without scripts everything is there', CHROMIUM, async (t) => {
  const its = await filled(t);
  const { page } = await browserPage({ javaScriptEnabled: false });
  await page.goto(`${its.url}/series`);
  await page.getByRole('searchbox').fill('pear');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('link', { name: 'make pear right' }).click();
  assert.match(await page.locator('main').innerText(), /curl -sSf .*\| git am/);
});

test('a hostile mail runs nothing on any page that shows it', CHROMIUM, async (t) => {
  const its = await filled(t);
  const evil = '<img src=x onerror=alert(1)><svg onload=alert(2)><script>alert(3)</script> javascript:alert(4)';
  const html = { headers: 'Content-Type: text/html; charset=utf-8\n', body: `<html>${evil}</html>` };
  await its.receive(
    comment('evil', evil, { from: `"${evil}" <e@example.org>` }),
    mailText({ id: 'html', subject: evil, to: LIST, ...html }),
    mailText({
      id: 'svg',
      subject: 'x',
      to: LIST,
      headers: 'Content-Type: image/svg+xml\n',
      body: `<svg>${evil}</svg>`,
    }),
  );
  const { page, faults } = await browserPage();
  for (const path of [
    '/patch/apple1-1%40example.org',
    '/message/evil%40example.org',
    '/message/html%40example.org',
    '/machine',
  ]) {
    await page.goto(`${its.url}${path}`);
    assert.equal(await page.locator('main img, main script, main svg, main iframe').count(), 0, path);
    assert.equal(await page.locator('a[href^="javascript:" i]').count(), 0, path);
  }
  for (const id of ['html', 'svg']) {
    const answer = await page.request.get(`${its.url}/message/${id}%40example.org/raw`);
    assert.match(answer.headers()['content-disposition'] ?? '', /^attachment;/);
    assert.match(answer.headers()['content-type'] ?? '', /^text\/plain/);
    assert.match(answer.headers()['content-security-policy'] ?? '', /^sandbox;/);
    assert.equal(answer.headers()['x-content-type-options'], 'nosniff');
  }
  assert.deepEqual(faults, []);
});
