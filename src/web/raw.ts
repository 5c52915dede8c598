import type { Db } from '../store/schema.ts';
import { rawOf } from '../store/messages.ts';
import { contentTag } from './content-tag.ts';

/** The bytes of a mail as a file that a browser saves and never shows or runs; null where the mail is not known. */
export async function rawAnswer(db: Db, msgid: string): Promise<Response | null> {
  const raw = await rawOf(db, msgid);
  if (raw === null) return null;
  return new Response(new Uint8Array(raw), {
    headers: {
      ETag: contentTag(raw),
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Disposition': `attachment; filename="${fileName(msgid)}"`,
      'Content-Security-Policy':
        "sandbox; default-src 'none'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'",
    },
  });
}

/** A name that is safe on every system: few characters, no dot in front, not long. */
function fileName(msgid: string): string {
  const safe = msgid.replace(/[^A-Za-z0-9@._-]/g, '').replace(/^[.-]+/, '');
  return `${safe.slice(0, 100) || 'mail'}.eml`;
}
