import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commitText } from '../../src/mail/charset.ts';
import { amIds, mirrorCase, requestOf } from './mirror-case.ts';

/** Words in the bytes of a charset: `Content-Type` of the mail, null for none, and what stands in its message. */
const WORDS: readonly (readonly [charset: string | null, words: Buffer])[] = [
  ['utf-8', Buffer.from('Grüße “so” 你好')],
  ['UTF8', Buffer.from('Grüße')],
  ['iso-8859-1', Buffer.from([0x47, 0x72, 0xfc, 0xdf, 0x65])],
  ['latin1', Buffer.from([0x47, 0x72, 0xfc, 0xdf, 0x65])],
  ['iso-8859-1', Buffer.from([0x93, 0x61, 0x94, 0x80])],
  ['iso-8859-15', Buffer.from([0x35, 0x20, 0xa4])],
  ['windows-1252', Buffer.from([0x93, 0x61, 0x94, 0x80])],
  ['koi8-r', Buffer.from([0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4])],
  ['gb2312', Buffer.from([0xc4, 0xe3, 0xba, 0xc3])],
  ['gbk', Buffer.from([0xc4, 0xe3, 0xba, 0xc3])],
  ['big5', Buffer.from([0xa7, 0x41, 0xa6, 0x6e])],
  ['shift_jis', Buffer.from([0x82, 0xb1, 0x82, 0xf1])],
  ['iso-2022-jp', Buffer.from([0x1b, 0x24, 0x42, 0x24, 0x33, 0x24, 0x73, 0x1b, 0x28, 0x42])],
  ['euc-kr', Buffer.from([0xbe, 0xc8, 0xb3, 0xe7])],
  [null, Buffer.from('Grüße')],
  [null, Buffer.from([0x47, 0x72, 0xfc, 0xdf, 0x65])],
  // Says UTF-8 and is not: git keeps each such byte as Latin-1.
  ['utf-8', Buffer.from([0x47, 0x72, 0xfc, 0xdf, 0x65])],
  [
    'utf-8',
    Buffer.from([
      0xc3, 0xa9, 0x20, 0xe2, 0x82, 0x20, 0xed, 0xa0, 0x80, 0x20, 0xf0, 0x80, 0x80, 0x80, 0x20, 0xc0, 0xaf, 0xe2,
    ]),
  ],
];

function mailIn(charset: string | null, words: Buffer, diff: string, number: number): Buffer {
  const type = charset === null ? '' : `Content-Type: text/plain; charset=${charset}\n`;
  const head = `From: Ann Author <ann@example.org>\nDate: Mon, 1 Jan 2024 10:00:${10 + number} +0100\nMessage-ID: <${number}@example.org>
Subject: [PATCH] Change ${number}\nMIME-Version: 1.0\n${type}Content-Transfer-Encoding: 8bit\n\n`;
  const rest = `\n\nSigned-off-by: Ann Author <ann@example.org>\n---\n${diff}-- \n2.39\n`;
  return Buffer.concat([Buffer.from(head), words, Buffer.from(rest)]);
}

/** Each message gets, from us and from git am, the same commit. */
async function assertSameAsAm(messages: typeof WORDS): Promise<void> {
  await using one = await mirrorCase((repo) => repo.commit({ a: '1\n' }, 'One'));
  const { upstream, mirror } = one;
  const base = upstream.git('rev-parse', 'HEAD');
  upstream.commit({ a: '2\n' }, 'Two');
  const diff = upstream.run(['diff', base, 'HEAD']).stdout.toString('latin1');
  for (const [at, [charset, words]] of messages.entries()) {
    const mails = [mailIn(charset, words, diff, at)];
    const result = await mirror.apply(await requestOf(mails), base);
    assert.deepEqual(result.commits, amIds(upstream, base, mails), `${charset}: ${words.toString('hex')}`);
  }
}

test('a message in any charset gets the id of git am, also where its bytes are not of that charset', async () => {
  await assertSameAsAm(WORDS);
});

test('blanks are what git takes for blank: a no-break space, or the half of a letter that looks like one, stays', async () => {
  const words = [
    'Subject: Et voilà\n\nFin\u00a0\n\u00a0\nà',
    'Subject: Grüße à\n  la\u00a0carte\u00a0\n\n\u00a0indented \t',
    '\u00a0\n\nReally.',
    '\ufeffReally.\n\ufeff\nYes.',
  ];
  await assertSameAsAm(words.map((text) => ['utf-8', Buffer.from(text)]));
});

test('a title or an author in encoded words is what git am makes of it: byte order marks, cut letters, blanks and all', async () => {
  const titles = [
    '=?UTF-8?q?=EF=BB=BFTwo?=',
    '=?utf-8?b?77u/R3LDvMOfZQ==?= and more',
    '=?UTF-8?q?Gr=C3?= =?UTF-8?q?=BC=C3=9Fe?=\n =?utf-8?q?_from_here?=',
    '=?UTF-8?q?what?_a_day?= =?iso-8859-1?q?=FC?= =?koi8-r?b?8NLJ18XU?=',
    '=?utf-8?q?with blanks_?= between and =?utf-8?q?_behind_?=',
    'a =?utf-8?q? broken and =?utf-8?x?kind?= =?utf-8?q?end?=',
    'tail=?utf-8?q?=C3=A4?=joined',
    '\u00e4=?iso-8859-1?q?=E4?=',
  ];
  await using one = await mirrorCase((repo) => repo.commit({ a: '1\n' }, 'One'));
  const { upstream, mirror } = one;
  const base = upstream.git('rev-parse', 'HEAD');
  upstream.commit({ a: '2\n' }, 'Two');
  const diff = upstream.run(['diff', base, 'HEAD']).stdout.toString('latin1');
  const mails = [
    ...titles.map((title, at) =>
      mailIn('utf-8', Buffer.from('Why.'), diff, at)
        .toString()
        .replace(/^Subject: .*$/m, `Subject: [PATCH] ${title}`),
    ),
    ...[
      'From: A\u00a0B\u00a0 <a@example.org>',
      'From: \ufeffAnn <a@example.org>',
      'From: =?UTF-8?q?Zo=C3=AB_=28x=29?= <z@example.org>',
    ].map((from, at) => mailIn('utf-8', Buffer.from(`${from}\n\nWhy.`), diff, at).toString()),
  ];
  for (const text of mails) {
    const mail = Buffer.from(text);
    const result = await mirror.apply(await requestOf([mail]), base);
    const made = (id: string | null | undefined) => upstream.run(['cat-file', 'commit', id ?? '']).stdout.toString();
    const [expected] = amIds(upstream, base, [mail]);
    if (result.tip !== expected) assert.equal(one.git('cat-file', 'commit', result.tip ?? ''), made(expected));
    assert.equal(result.tip, expected);
  }
});

test('i18n.commitEncoding is declined: commits are UTF-8, whatever a repository says', async () => {
  await using one = await mirrorCase((repo) => repo.commit({ a: '1\n' }, 'One'));
  const { upstream, mirror } = one;
  const base = upstream.git('rev-parse', 'HEAD');
  one.git('config', 'i18n.commitEncoding', 'ISO-8859-1');
  upstream.commit({ a: '2\n' }, 'Ändere');
  const mails = upstream.formatPatch(`${base}..HEAD`);
  const result = await mirror.apply(await requestOf(mails), base);
  assert.deepEqual(result.commits, amIds(upstream, base, mails));
  assert.doesNotMatch(one.git('cat-file', 'commit', result.tip ?? ''), /^encoding /m);
  // What a person would get who has set it: the same files under another id.
  upstream.git('config', 'i18n.commitEncoding', 'ISO-8859-1');
  assert.notDeepEqual(amIds(upstream, base, mails), result.commits);
  assert.match(upstream.run(['cat-file', 'commit', 'HEAD']).stdout.toString('latin1'), /^encoding ISO-8859-1$/m);
  assert.equal(upstream.git('rev-parse', 'HEAD^{tree}'), result.tree);
});

test('megabytes of bytes that are no text are mended byte by byte', () => {
  assert.equal(commitText(Buffer.alloc(4 << 20, 0xe2), 'utf-8'), 'â'.repeat(4 << 20));
});
