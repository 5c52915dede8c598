import assert from 'node:assert/strict';

const VOID = new Set(['meta', 'link', 'input', 'br', 'img', 'hr']);

/** All start tags of an element, as written. */
export function tagsOf(html: string, name: string): string[] {
  return [...html.matchAll(new RegExp(`<${name}(?:\\s[^<>]*)?>`, 'g'))].map(([tag]) => tag);
}

/** What a reader sees: no tags, entities undone, white space folded. */
export function textOf(html: string): string {
  const plain = html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  return Object.entries(entities).reduce((text, [entity, character]) => text.replaceAll(entity, character), plain);
}

/** The page without the one script that it may have: a file of ours. Nothing in a page is one. */
export function withoutOwnScript(html: string): string {
  return html.replace(/<script src="\/static\/page-[0-9a-f]{12}\.js" defer><\/script>/, '');
}

/** What every page must have to be read by people and their machines. */
export function assertSoundPage(html: string): void {
  assert.match(html, /^<!doctype html>\n<html lang="en">/);
  assert.match(html, /<title>[^<]+<\/title>/);
  assert.match(html, /<meta name="viewport"/);
  assert.equal(tagsOf(html, 'h1').length, 1, 'one h1');
  assert.equal(tagsOf(html, 'main').length, 1, 'one main');
  assertBalanced(html);
  assertTables(html);
  assertIds(html);
}

function assertBalanced(html: string): void {
  const open: string[] = [];
  assert.doesNotMatch(html, /<(?:style|iframe|object|base)\b/i);
  assert.doesNotMatch(withoutOwnScript(html), /<script\b/i);
  for (const [tag, close, name = '', rest = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/g)) {
    // Values away, names of attributes left.
    assert.doesNotMatch(rest.replace(/"[^"]*"/g, ''), /\s(?:on\w+|style)\b/i, tag);
    assert.doesNotMatch(rest, /(?:href|src|action)="(?!\/(?!\/)|#|data:image\/svg|https:\/\/example\.org\/)/, tag);
    if (VOID.has(name) || rest.endsWith('/')) continue;
    if (close === '') open.push(name);
    else assert.equal(open.pop(), name, `${tag} closes something else`);
  }
  assert.deepEqual(open, []);
}

function assertTables(html: string): void {
  for (const [table] of html.matchAll(/<table[\s\S]*?<\/table>/g)) {
    assert.match(table, /<caption/);
    for (const heading of tagsOf(table, 'th')) assert.match(heading, /scope="(?:col|row)"/);
    const columns = tagsOf(table.slice(0, table.indexOf('</thead>')), 'th').length;
    const rows = table.slice(table.indexOf('<tbody')).match(/<tr[\s\S]*?<\/tr>/g) ?? [];
    for (const row of rows) assert.equal(tagsOf(row, 't[hd]').length, columns, row);
  }
}

/** Ids are unique, what names them exists, and every field has its label. */
function assertIds(html: string): void {
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id ?? '');
  assert.equal(new Set(ids).size, ids.length, 'an id twice');
  for (const [, id = ''] of html.matchAll(/\s(?:for|aria-labelledby)="([^"]+)"|href="#([^"]+)"/g)) {
    if (id !== '') assert.ok(ids.includes(id), `nothing is called ${id}`);
  }
  for (const field of [...tagsOf(html, 'input'), ...tagsOf(html, 'select')]) {
    if (field.includes('type="hidden"')) continue;
    const id = /id="([^"]+)"/.exec(field)?.[1] ?? '';
    assert.ok(html.includes(`<label for="${id}">`), `${field} has no label`);
  }
}
