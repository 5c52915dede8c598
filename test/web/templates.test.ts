import assert from 'node:assert/strict';
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { PatchloomError } from '../../src/util/errors.ts';
import { loadTemplates } from '../../src/web/templates.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { TEMPLATES } from '../helpers/web.ts';

function copy(t: TestContext): string {
  const directory = tempDir(t);
  cpSync(TEMPLATES, directory, { recursive: true });
  return directory;
}

function assertInvalid(directory: string, words: RegExp): void {
  assert.throws(
    () => loadTemplates(directory),
    (error) => error instanceof PatchloomError && error.code === 'TEMPLATE_INVALID' && words.test(error.message),
  );
}

test('the templates that come with patchloom are sound', () => {
  assert.match(loadTemplates(TEMPLATES).css, /^\/static\/style-[0-9a-f]{12}\.css$/);
});

test('a missing file is refused at the start', (t) => {
  for (const file of ['layout.eta', 'change.eta', 'style.css']) {
    const directory = copy(t);
    rmSync(join(directory, file));
    assertInvalid(directory, new RegExp(`${file}: cannot be read`));
  }
});

test('an unknown variable, also deep inside, is refused at the start', (t) => {
  const cases = [
    ['error.eta', '<%= it.titel %>', /error\.eta: unknown variable it\.titel/],
    [
      'overview.eta',
      '<% for (const one of it.projects) { %><%= one.colour %><% } %>',
      /unknown variable it\.projects\.\d+\.colour|unknown variable .*colour/,
    ],
    ['message.eta', '<%= nothing %>', /nothing is not defined/],
    ['change.eta', '<%= it.versions %>', /a value of type object cannot be shown/],
    ['series.eta', '<% if (it.q { %>', /series\.eta: /],
    ['outbox.eta', '<%~ "<b>" %>', /without escaping/],
  ] as const;
  for (const [file, text, words] of cases) {
    const directory = copy(t);
    appendFileSync(join(directory, file), text);
    assertInvalid(directory, words);
  }
});

test('a changed style sheet gets another path', (t) => {
  const directory = copy(t);
  const before = loadTemplates(directory).css;
  writeFileSync(join(directory, 'style.css'), 'body { margin: 0 }');
  assert.notEqual(loadTemplates(directory).css, before);
});

type Colours = Readonly<Record<string, string>>;

/** WCAG 2.2, relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test('all text has the contrast of WCAG AA, in light and dark', () => {
  const css = readFileSync(join(TEMPLATES, 'style.css'), 'utf8');
  const blocks = [...css.matchAll(/:root \{([^}]*)\}/g)].map(
    ([, block = '']): Colours =>
      Object.fromEntries(
        [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name = '', colour = '']) => [name, colour]),
      ),
  );
  assert.equal(blocks.length, 2);
  for (const colours of blocks) {
    const of = (name: string): string => {
      const colour = colours[name];
      assert.ok(colour, name);
      return colour;
    };
    for (const back of ['back', 'panel']) {
      for (const text of ['text', 'soft', 'link', 'good', 'bad', 'info'])
        assert.ok(contrast(of(text), of(back)) >= 4.5, `${text} on ${back}`);
    }
    for (const back of ['panel', 'plus', 'minus', 'plus-word', 'minus-word'])
      for (const text of ['text', 'keyword', 'string', 'comment', 'number', 'directive'])
        assert.ok(contrast(of(text), of(back)) >= 4.5, `${text} on ${back}`);
    for (const tone of ['good', 'bad', 'warn', 'info', 'quiet'])
      assert.ok(contrast(of(tone), of(`${tone}-back`)) >= 4.5, tone);
  }
  assert.ok(contrast('#ffffff', '#4547b8') >= 4.5);
});
