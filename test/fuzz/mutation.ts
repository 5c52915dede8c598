import fc from 'fast-check';

/** One change to a mail: what, where (a share of its length), how far, and which of the words. */
export interface Change {
  readonly kind: (typeof KINDS)[number];
  readonly at: number;
  readonly length: number;
  readonly word: string;
  readonly byte: number;
}

const KINDS = ['byte', 'cut', 'repeat', 'insert', 'line', 'swap', 'truncate', 'crlf', 'splice', 'header'] as const;

/** What readers of mail and patches look for, so that chance meets their branches. */
const WORDS = [
  'Reviewed-by: Rob Reviewer <rob@example.org>',
  'Acked-by: ',
  'For patches 1-999:',
  'For the series:',
  'With that fixed,',
  'NAK',
  'I withdraw my Acked-by.',
  'I object.',
  '> ',
  '-- ',
  '---',
  '--- a/f.c\n+++ b/f.c\n@@ -1,9 +1,9 @@\n',
  '@@ -1 +1 @@',
  'diff --git a/x b/x',
  'rename from x\nrename to y',
  'GIT binary patch\nliteral 5',
  'From: Ann Author <ann@example.org>\n\n',
  '-- >8 --',
  '________________________________________',
  '[PATCH v2 3/4] ',
  '[PATCH 0/3] ',
  'Re: ',
  '=?utf-8?q?=C3=A4?=',
  '=?utf-8?b?',
  '=3D=\n',
  '--boundary',
  'change-id: 20240101-x-0123456789ab\n',
  'base-commit: 0123456789012345678901234567890123456789\n',
  '\u00A0',
  '\0',
  '\uFFFD\uD800',
  'é',
  '<mailto:a@b>',
  '&lt;a@b&gt;',
  ' via list',
  '(((((',
  '"""',
  '<<<>>>',
];
const HEADERS = [
  'Content-Type: text/plain; format=flowed; delsp=yes',
  'Content-Type: multipart/mixed; boundary=boundary',
  'Content-Type: message/rfc822',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  'Content-Type: text/plain; charset=x-unknown',
  'In-Reply-To: <lost@example.org>',
  'References: <a@b> <c@d> (x <y@z>)',
  'Subject: Re: [PATCH v2.1 2/3] x',
  'Subject: [PATCH 9999/9999] x',
  'Date: Thu, 99 Foo 9999 99:99:99 +9999',
  'Message-ID: <>',
  'From: "Ann via list" <list@example.org>',
  'Reply-To: <>,;:',
  'List-Id: <devel.lists.example.org>',
  'Auto-Submitted: auto-generated',
];

/** A change, chosen by fast-check, so that it can be made smaller again. @param words what the reader looks for */
export const changeWith = (words: readonly string[]): fc.Arbitrary<Change> =>
  fc.record({
    kind: fc.constantFrom(...KINDS),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.oneof({ weight: 4, arbitrary: fc.nat(80) }, { weight: 1, arbitrary: fc.nat(5_000) }),
    word: fc.constantFrom(...words),
    byte: fc.nat(255),
  });

/** A change to a mail. */
export const change = changeWith([...WORDS, ...HEADERS]);

/** Mails grow no further than this, so that a case stays short. */
const MAX_BYTES = 200_000;

function insert(mail: Buffer, at: number, text: Buffer): Buffer {
  return Buffer.concat([mail.subarray(0, at), text, mail.subarray(at)]);
}

function lineAt(mail: Buffer, at: number): [start: number, end: number] {
  const end = mail.indexOf(0x0a, at);
  return [mail.lastIndexOf(0x0a, Math.max(at - 1, 0)) + 1, end < 0 ? mail.length : end + 1];
}

/** The mail with one change; `other` is a mail to take a piece from. */
export function mutate(mail: Buffer, { kind, at: share, length, word, byte }: Change, other: Buffer): Buffer {
  const at = Math.floor(share * mail.length);
  const [start, end] = lineAt(mail, at);
  const line = mail.subarray(start, end);
  switch (kind) {
    case 'byte':
      return Buffer.concat([mail.subarray(0, at), Buffer.from([byte]), mail.subarray(at + 1)]);
    case 'cut':
      return Buffer.concat([mail.subarray(0, at), mail.subarray(at + length)]);
    case 'repeat':
      if (mail.length + line.length * length > MAX_BYTES) return mail;
      return insert(mail, end, Buffer.concat(Array.from({ length }, () => line)));
    case 'insert':
      return insert(mail, at, Buffer.from(word));
    case 'line':
      return insert(mail, start, Buffer.from(`${word}\n`));
    case 'swap':
      return Buffer.concat([mail.subarray(0, start), mail.subarray(end), line]);
    case 'truncate':
      return mail.subarray(0, at);
    case 'crlf':
      return Buffer.from(mail.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
    case 'splice':
      return Buffer.concat([mail.subarray(0, at), other.subarray(Math.floor(share * other.length))]).subarray(
        0,
        MAX_BYTES,
      );
    case 'header':
      return Buffer.concat([Buffer.from(`${word}\n`), mail]);
    default:
      return kind satisfies never;
  }
}
