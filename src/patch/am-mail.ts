import type { Address } from '../mail/message.ts';

/** What one mail of an mbox for `git am` is made of. */
export interface AmPatch {
  readonly index: number;
  readonly msgid: string;
  readonly author: Address;
  /** ISO 8601 with zone. */
  readonly authorDate: string;
  /** Whole commit message, title first. */
  readonly message: string;
  /** Bytes as latin1 text. */
  readonly diff: string;
}

/** `git mailsplit` takes a body line for a postmark only where it ends like one: a time and a year. */
const POSTMARK = /^(>*From .*\d:\d\d.*\d{4}.*)$/gm;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A header's name and its value as it may stand there: an `addressList`, or plain ASCII. */
export type HeaderLine = readonly [name: string, value: string];

/** One mail such that `git am` makes the same commit of it as the mirror does. `total` is the number of patches. */
export function amMail(patch: AmPatch, total: number, version: number, more: readonly HeaderLine[] = []): Buffer {
  const [title = '', ...rest] = patch.message.split('\n');
  const number = total > 1 ? ` ${patch.index}/${total}` : '';
  const body = rest.join('\n').replace(/^\n+/, '').replace(POSTMARK, '>$1');
  const head = [
    'From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001',
    `From: ${mailbox(patch.author)}`,
    `Date: ${mailDate(patch.authorDate)}`,
    `Message-ID: ${patch.msgid.replace(/\s/g, '')}`,
    `Subject: [PATCH${version > 1 ? ` v${version}` : ''}${number}] ${headerWords(title)}`,
    ...more.map(([name, value]) => `${name}: ${value.replace(/[\r\n]+(?! )/g, ' ')}`),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: 8bit',
  ].join('\n');
  const diff = patch.diff.endsWith('\n') ? patch.diff : `${patch.diff}\n`;
  return Buffer.concat([
    Buffer.from(`${head}\n\n${body}---\n\n`),
    Buffer.from(diff, 'latin1'),
    Buffer.from('-- \npatchloom\n\n'),
  ]);
}

/** Text as it may stand in a header: RFC 2047 words where it is not plain ASCII; never a line break. */
function headerWords(text: string): string {
  const line = text.replace(/[\r\n]+/g, ' ');
  if (/^[ -~]*$/.test(line) && !line.includes('=?')) return line;
  const words: string[] = [];
  let word = '';
  // A word may be 75 characters long, of which 12 are frame: 45 bytes become 60.
  for (const character of line) {
    if (Buffer.byteLength(word + character) > 45) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((one) => `=?UTF-8?B?${Buffer.from(one).toString('base64')}?=`).join('\n ');
}

/** Addresses as they may stand in a header, one a line. */
export function addressList(all: readonly Address[]): string {
  return all.map(mailbox).join(',\n ');
}

function mailbox({ name, email }: Address): string {
  return `${phrase(name)} <${email.replace(/[\s<>]/g, '')}>`.trimStart();
}

/** A display name: quoted where a comma or a dot would end it (RFC 5322 §3.2.5). */
function phrase(name: string): string {
  const words = headerWords(name);
  return /[",.:;<>@()[\]\\]/.test(words) && !words.startsWith('=?') ? `"${words.replace(/["\\]/g, '\\$&')}"` : words;
}

/** RFC 5322 date in the zone of `iso`, so that the author date keeps it. */
function mailDate(iso: string): string {
  const zone = /([+-])(\d\d):?(\d\d)$/.exec(iso);
  const minutes = zone ? (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) : 0;
  const local = new Date(Date.parse(iso) + minutes * 60_000);
  const two = (number: number): string => String(number).padStart(2, '0');
  const time = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
  const day = `${DAYS[local.getUTCDay()]}, ${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()}`;
  return `${day} ${time} ${zone ? `${zone[1]}${zone[2]}${zone[3]}` : '+0000'}`;
}
