import type { Trailer } from './patch.ts';

/** The line by which a commit names its mail: none, the Message-ID as `git am --message-id` writes it, or a link to an archive. */
export type MailTrailer = { readonly kind: 'none' | 'message-id' } | { readonly kind: 'link'; readonly url: string };

/** What a Message-ID may hold to stand in a trailer: it comes from mail. Ids that were made up for mails without one name nothing. */
const NAME = /^<([!-;=?-~]{1,900})>$/;

/** The trailer of one patch; a list, because there may be none. @param msgid with its angle brackets */
export function mailTrailers(trailer: MailTrailer, msgid: string): readonly Trailer[] {
  const name = NAME.exec(msgid)?.[1];
  if (trailer.kind === 'none' || name === undefined || name.endsWith('@no-message-id.invalid')) return [];
  if (trailer.kind !== 'link') return [{ kind: 'Message-ID', value: msgid }];
  const escaped = encodeURIComponent(name).replaceAll('%40', '@');
  return [{ kind: 'Link', value: trailer.url.replaceAll('{msgid}', () => escaped) }];
}
