import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailTrailers } from '../../src/patch/mail-trailer.ts';
import { addTrailers } from '../../src/patch/trailers.ts';

const link = { kind: 'link', url: 'https://example.org/r/{msgid}' } as const;
const id = '<1.a@example.org>';

test('a commit names its mail only where that is asked for', () => {
  assert.deepEqual(mailTrailers({ kind: 'none' }, id), []);
  assert.deepEqual(mailTrailers({ kind: 'message-id' }, id), [{ kind: 'Message-ID', value: id }]);
  assert.deepEqual(mailTrailers(link, id), [{ kind: 'Link', value: 'https://example.org/r/1.a@example.org' }]);
});

test('what a Message-ID holds stays in its place of the address', () => {
  const [trailer] = mailTrailers(link, '<a/../b?c#$&d@example.org>');
  assert.equal(trailer?.value, 'https://example.org/r/a%2F..%2Fb%3Fc%23%24%26d@example.org');
});

test('a Message-ID that could end the line, or that was made up, gives none', () => {
  for (const odd of ['<a\nSigned-off-by: b@example.org>', '<a b@example.org>', '<f00@no-message-id.invalid>', 'x'])
    assert.deepEqual(mailTrailers({ kind: 'message-id' }, odd), []);
});

test('it joins the trailers that are there, and is not repeated', () => {
  const message = 'x: y\n\nWhy.\n\nSigned-off-by: Ann <ann@example.org>\n';
  const once = addTrailers(message, mailTrailers(link, id));
  assert.equal(once, `${message}Link: https://example.org/r/1.a@example.org\n`);
  assert.equal(addTrailers(once, mailTrailers(link, id)), once);
});
