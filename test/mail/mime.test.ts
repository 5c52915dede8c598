import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMessage } from '../../src/mail/parse.ts';
import { rawMail } from '../helpers/mail.ts';

const DIFF = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old \n+new\n';

function multipart(parts: readonly string[], type = 'multipart/mixed', close = '\n--B--\n'): Buffer {
  return rawMail({ 'Content-Type': `${type}; boundary="B"` }, `preamble\n--B\n${parts.join('\n--B\n')}${close}`);
}

test('base64 and quoted-printable bodies come out as the bytes that were written', async () => {
  const base64 = rawMail(
    { 'Content-Transfer-Encoding': 'base64' },
    Buffer.from(DIFF.replaceAll('\n', '\r\n')).toString('base64'),
  );
  assert.equal(Buffer.from((await parseMessage(base64)).body).toString(), DIFF);
  const quoted = DIFF.replaceAll('=', '=3D').replace('old \n', 'old=20\n').replace('+new', '+n=\new   ');
  const printable = rawMail({ 'Content-Transfer-Encoding': 'Quoted-Printable' }, quoted);
  assert.equal(Buffer.from((await parseMessage(printable)).body).toString(), DIFF);
});

test('a footer glued behind a base64 body is no part of it', async () => {
  for (const text of ['abcdef', 'abcdefg', 'abcdefgh']) {
    const body = `${Buffer.from(text).toString('base64')}\n_______________________________________________\nDev mailing list\n`;
    const message = await parseMessage(rawMail({ 'Content-Transfer-Encoding': 'base64' }, body));
    assert.equal(message.text, text);
  }
});

test('damaged quoted-printable keeps what it cannot read', async () => {
  const message = await parseMessage(rawMail({ 'Content-Transfer-Encoding': 'quoted-printable' }, 'a=ZZ b=4\n='));
  assert.equal(message.text, 'a=ZZ b=4\n');
});

test('the body is the first plain part alone, the text has the other plain parts too', async () => {
  const message = await parseMessage(
    multipart([`\n${DIFF}`, 'Content-Type: text/plain\n\nlist footer', 'Content-Type: text/html\n\n<b>x</b>']),
  );
  assert.equal(Buffer.from(message.body).toString(), DIFF);
  assert.equal(message.text, `${DIFF}list footer`);
  assert.equal(message.attachments.length, 0);
});

test('a signed mail in a mail shows its text, and a mail attached to it stays an attachment', async () => {
  const inner = 'Content-Type: multipart/mixed; boundary=BB\n\n--BB\nContent-Type: text/plain\n\nhello\n--BB--\n';
  const attached = 'Content-Type: message/rfc822\n\nSubject: other\n\nReviewed-by: Nobody <n@x.org>';
  const signature = 'Content-Type: application/pgp-signature; name="s.asc"\n\nxx';
  const message = await parseMessage(multipart([inner, signature, attached], 'multipart/signed'));
  assert.equal(message.text, 'hello');
  assert.deepEqual(
    message.attachments.map(({ type, filename }) => [type, filename]),
    [
      ['application/pgp-signature', 's.asc'],
      ['message/rfc822', ''],
    ],
  );
});

test('attached patches keep their names and bytes', async () => {
  const patch =
    'Content-Type: text/x-patch; name="a.patch"\nContent-Disposition: attachment;\n filename*=utf-8\'\'%C3%A9.patch\nContent-Transfer-Encoding: base64\n\neA==';
  const { attachments, text } = await parseMessage(multipart(['\nsee the patch', patch]));
  assert.equal(text, 'see the patch');
  assert.deepEqual(
    attachments.map(({ filename, content }) => [filename, Buffer.from(content).toString()]),
    [['é.patch', 'x']],
  );
});

test('a mail that is one part of an unknown kind is its own body', async () => {
  const message = await parseMessage(rawMail({ 'Content-Type': 'application/octet-stream' }, DIFF));
  assert.equal(Buffer.from(message.body).toString(), DIFF);
});

test('HTML alone gives no text', async () => {
  const message = await parseMessage(rawMail({ 'Content-Type': 'text/html' }, '<p>Acked-by: X</p>'));
  assert.equal(message.text, '');
  assert.ok(message.oddities.includes('no text/plain part'));
});

test('a mail cut off within MIME still shows what came', async () => {
  const message = await parseMessage(multipart(['\nhello\nworld'], 'multipart/mixed', ''));
  assert.equal(message.text, 'hello\nworld');
  assert.ok(message.oddities.includes('MIME ends without its closing boundary'));
});

test('a boundary that is the start of another one does not end its part', async () => {
  const message = await parseMessage(multipart(['\none\n--BX\ntwo']));
  assert.equal(message.text, 'one\n--BX\ntwo');
});

test('nesting without end, parts without number and a missing boundary are survived', async () => {
  let deep = 'Content-Type: text/plain\n\nbottom';
  for (let level = 0; level < 1_000; level += 1)
    deep = `Content-Type: multipart/mixed; boundary=b${level}\n\n--b${level}\n${deep}`;
  const nested = await parseMessage(Buffer.from(`Message-ID: <d@x>\n${deep}`));
  assert.ok(nested.oddities.includes('MIME nested deeper than 20'));
  const many = await parseMessage(multipart(Array.from({ length: 5_000 }, (_, index) => `\npart ${index}`)));
  assert.ok(many.oddities.includes('more than 1000 MIME parts'));
  const none = await parseMessage(rawMail({ 'Content-Type': 'multipart/mixed' }, 'hello\n'));
  assert.equal(none.text, 'hello\n');
});

test('an unknown charset is read by what the bytes are, and told', async () => {
  const utf8 = await parseMessage(rawMail({ 'Content-Type': 'text/plain; charset=y' }, 'né\n'));
  assert.deepEqual([utf8.text, utf8.charset, utf8.oddities], ['né\n', 'utf-8', ['unknown charset y, read as utf-8']]);
  const head = rawMail({ 'Content-Type': 'text/plain; charset="y"' }, '');
  const latin = await parseMessage(Buffer.concat([head, Buffer.from('n\xe9\n', 'latin1')]));
  assert.deepEqual([latin.text, latin.charset], ['né\n', 'windows-1252']);
  assert.equal(latin.oddities.length, 1);
});

test('declared charsets are used, and UTF-8 behind an ASCII label is seen', async () => {
  const koi = Buffer.concat([rawMail({ 'Content-Type': 'text/plain; charset=KOI8-R' }, ''), Buffer.from([0xc1, 0x0a])]);
  assert.deepEqual([(await parseMessage(koi)).text, (await parseMessage(koi)).charset], ['а\n', 'koi8-r']);
  const ascii = await parseMessage(rawMail({ 'Content-Type': 'text/plain; charset=us-ascii' }, 'é\n'));
  assert.deepEqual([ascii.text, ascii.charset, ascii.oddities], ['é\n', 'utf-8', []]);
});

test('format=flowed is undone in the text for unquoted lines, never in the body', async () => {
  const body = 'a long \nline\n> -old \n> +new\n >quoted sign\n-- \nAnn\n';
  const message = await parseMessage(rawMail({ 'Content-Type': 'text/plain; format=flowed' }, body));
  assert.equal(message.text, 'a long line\n> -old \n> +new\n>quoted sign\n-- \nAnn\n');
  assert.equal(Buffer.from(message.body).toString(), body);
  const delsp = await parseMessage(rawMail({ 'Content-Type': 'text/plain; format=flowed; delsp=yes' }, 'one \nword\n'));
  assert.equal(delsp.text, 'oneword\n');
});
