import { basename } from 'node:path';
import type { ConfigFile } from './schema.ts';

type SourceFile = ConfigFile['sources'][number];

/** The kinds of places that a file may name. */
export const PLACES = ['mbox', 'maildir', 'public_inbox'] as const;

/** The given name, else one made of kind and host or path; it keys the stored position, so it must not depend on the order. */
export function sourceName(source: SourceFile): string {
  if (source.name !== null) return source.name;
  if (source.imap !== null) return `imap:${source.imap.host}`;
  const kind = PLACES.find((place) => source[place] !== null);
  return kind === undefined ? '' : `${kind.replace('_', '-')}:${basename(source[kind]?.path ?? '')}`;
}
