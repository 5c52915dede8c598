import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownText } from '../../src/web/lines.ts';
import { changePath, messagePath, publicUrl, shellWord, withQuery } from '../../src/web/links.ts';
import { Html, escapeHtml, visible } from '../../src/web/visible.ts';
import { moment, short, versionWords } from '../../src/web/words.ts';

test('everything but text made by a template is escaped', () => {
  assert.equal(escapeHtml(`<a href='x' title="y">&`), '&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;');
  assert.equal(escapeHtml(new Html('<b>')), '<b>');
  assert.equal(escapeHtml(null), '');
  assert.equal(escapeHtml(7), '7');
});

test('asking for nothing, or for a thing that is no text, throws', () => {
  assert.throws(() => escapeHtml(undefined), TypeError);
  assert.throws(() => escapeHtml({ text: '<b>' }), TypeError);
});

test('characters that nobody sees are shown', () => {
  assert.equal(visible('a\u202eb\u200bc\u0007d\u{e0041}e'), 'a⟨U+202E⟩b⟨U+200B⟩c⟨U+0007⟩d⟨U+E0041⟩e');
  assert.equal(visible('tab\tline\r\nend\n'), 'tab\tline\nend\n');
  assert.equal(visible('\ud800 \u0645\u06cc\u200c\u062e'), '\ufffd \u0645\u06cc\u200c\u062e');
  assert.equal(visible(visible('\u2028')), visible('\u2028'));
});

test('a path names any Message-ID', () => {
  assert.equal(messagePath('<a.b@c.d>'), '/message/a.b%40c.d');
  assert.equal(messagePath('<a/b?c#d%e@f>'), '/message/a%2Fb%3Fc%23d%25e%40f');
  assert.equal(messagePath('<..>'), '/message/%3C..%3E');
  assert.equal(messagePath('\ud800'), '/message/%EF%BF%BD');
  assert.equal(changePath('a b', 'x&y', 'v1'), '/change/a%20b?project=x%26y#v1');
  assert.equal(withQuery('/s', { a: '', b: null, c: 'x y' }), '/s?c=x+y');
});

test('a git URL is shown without its secrets', () => {
  assert.equal(publicUrl('https://user:token@host/x.git'), 'https://host/x.git');
  assert.equal(publicUrl('https://token@host/x.git'), 'https://host/x.git');
  assert.equal(publicUrl('ssh://git:pass@host/x.git'), 'ssh://git@host/x.git');
  assert.equal(publicUrl('ssh://git@host:22/x.git'), 'ssh://git@host:22/x.git');
  assert.equal(publicUrl('git@host:x.git'), 'git@host:x.git');
});

test('a word for the shell is one word, whatever is in it', () => {
  assert.equal(shellWord('refs/heads/a-b_1'), 'refs/heads/a-b_1');
  assert.equal(shellWord(`<a'b;$(c)@d>`), `'<a'\\''b;$(c)@d>'`);
  assert.equal(shellWord(''), "''");
});

test('a moment is shown whatever number came by mail', () => {
  const now = Date.parse('2024-07-01T12:00:00Z');
  assert.deepEqual(moment(now - 26 * 3_600_000, now), {
    iso: '2024-06-30T10:00:00.000Z',
    words: '2024-06-30 10:00 UTC',
    ago: '26 hours ago',
  });
  assert.equal(moment(now + 1, now).ago, '');
  assert.equal(moment(now - 60_000, now).ago, '1 minute ago');
  assert.equal(moment(now - 4 * 365.25 * 86_400_000, now).ago, '4 years ago');
  for (const at of [Number.NaN, 1e300, -1e300, Number.POSITIVE_INFINITY]) assert.ok(moment(at, now).words);
});

test('texts for lists are one short line', () => {
  assert.equal(short('  a\n\tb  '), 'a b');
  assert.equal(short('abcdef', 3), 'abc…');
  assert.equal(versionWords({ version: 2, revision: 1, resend: true, rfc: true }), 'v2.1 RFC resent');
});

test('a mail is split into text, quotes, tags and diff', () => {
  const text =
    '> quoted\nHello\nAcked-by: A <a@b>\n---\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n-- \n2.45\n';
  const { blocks, cut } = shownText(text, new Set(['Acked-by: A <a@b>']));
  assert.deepEqual(
    blocks.map(({ kind }) => kind),
    ['quote', 'text', 'tag', 'text', 'file', 'hunk', 'removed', 'added', 'text'],
  );
  assert.equal(blocks.map((block) => block.text).join(''), text);
  assert.equal(cut, '');
});
