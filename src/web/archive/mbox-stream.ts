import { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import { rawOf } from '../../store/messages.ts';
import type { Db } from '../../store/schema.ts';
import { mboxrd } from './mboxrd.ts';

/**
 * Mails as a gzipped mboxrd, made while it is sent, one mail in memory at a time. It is a file of that type, not an encoding of the answer: a client
 * that unpacks encodings by itself would unpack it twice.
 */
export function mboxAnswer(db: Db, msgids: readonly string[], name: string): Response {
  const gzip = createGzip({ level: 6 });
  // A reader who goes away ends the reading of the store, too.
  pipeline(Readable.from(mailsOf(db, msgids)), gzip, () => {});
  return new Response(Readable.toWeb(gzip) as ReadableStream<Uint8Array>, {
    headers: { 'Content-Type': 'application/gzip', 'Content-Disposition': `attachment; filename=${name}.mbox.gz` },
  });
}

async function* mailsOf(db: Db, msgids: readonly string[]): AsyncGenerator<Buffer> {
  for (const msgid of msgids) {
    const raw = await rawOf(db, msgid);
    if (raw !== null) yield mboxrd(raw);
  }
}
