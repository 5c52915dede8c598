import type { Message } from '../src/mail/message.ts';
import { readHeaders } from '../src/mail/headers.ts';
import { addressList, amMail, type HeaderLine } from '../src/patch/am-mail.ts';
import { rawOf } from '../src/store/messages.ts';
import { type StoredSeries, seriesByKey, seriesByMsgid } from '../src/store/series.ts';
import { type Context, projectOf } from './context.ts';
import { patchIn } from './series-patches.ts';
import { readMail, textBeforeDiff } from './read-mail.ts';

type Shelf = Pick<Context, 'store' | 'config'>;

/** A patch as a mail for `git am`, all tags that count in place; with those before it in its series where `before`. Null where it is not known. */
export async function patchMbox(
  shelf: Shelf,
  project: string,
  msgid: string,
  before: boolean,
): Promise<AsyncIterable<Buffer> | null> {
  const stored = await seriesByMsgid(shelf.store.db, msgid, project);
  const at = stored?.series.patches.findIndex((patch) => patch.msgid === msgid) ?? -1;
  return stored === null || at < 0 ? null : mailsOf(shelf, stored, before ? 0 : at, at + 1);
}

/** All patches of a series that have arrived, as mails for `git am`. Null where there is no such series. */
export async function seriesMbox(shelf: Shelf, project: string, key: string): Promise<AsyncIterable<Buffer> | null> {
  const stored = await seriesByKey(shelf.store.db, project, key);
  return stored === null ? null : mailsOf(shelf, stored, 0, stored.series.patches.length);
}

/** A mail in the parts that the Patchwork API gives. */
export interface MailParts {
  /** By name; a list where the mail has several of that name. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Its text, of a patch without the diff. */
  readonly content: string;
  /** Bytes of the diff as they were posted; null: it has none. */
  readonly diff: Buffer | null;
}

/** Reads a stored mail; null where it is not known. */
export async function mailParts({ store }: Pick<Shelf, 'store'>, msgid: string): Promise<MailParts | null> {
  const raw = await rawOf(store.db, msgid);
  if (raw === null) return null;
  const { message, patch } = await readMail(raw);
  const headers = new Map<string, string | readonly string[]>();
  for (const { name, value } of readHeaders(raw, 0, raw.length).fields) {
    const known = headers.get(headerName(name));
    headers.set(headerName(name), known === undefined ? value : [known, value].flat());
  }
  return {
    headers: Object.fromEntries(headers),
    content: textBeforeDiff(message, patch),
    diff: patch === null ? null : Buffer.from(patch.diff, 'latin1'),
  };
}

function headerName(name: string): string {
  return name.replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** One mail in memory at a time. */
async function* mailsOf(shelf: Shelf, stored: StoredSeries, from: number, to: number): AsyncGenerator<Buffer> {
  const { project, patches, missing, version } = stored.series;
  const { git } = projectOf(shelf, project);
  for (const one of patches.slice(from, to)) {
    const { message, mirrored } = await patchIn(shelf.store.db, one, stored.tags, git?.trailer);
    yield amMail(mirrored, patches.length + missing.length, version, headersOf(message));
  }
}

/** Whom a patch was sent to and whose it is: what programs read that look after reviewers. */
function headersOf({ to, cc, from, inReplyTo }: Message): readonly HeaderLine[] {
  const lines: HeaderLine[] = [
    ['To', addressList(to)],
    ['Cc', addressList(cc)],
    ['In-Reply-To', /^<[!-~]{1,900}>$/.exec(inReplyTo ?? '')?.[0] ?? ''],
    ['X-Patchwork-Submitter', addressList([from])],
  ];
  return lines.filter(([, value]) => value !== '');
}
