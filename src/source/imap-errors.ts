import { PatchloomError } from '../util/errors.ts';

/** What a clear line about a server needs. */
export interface ImapPlace {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** Answers to LOGIN that say "not now" rather than "wrong": RFC 5530 §3. */
const NOT_NOW = new Set(['UNAVAILABLE', 'INUSE', 'LIMIT', 'SERVERBUG', 'CONTACTADMIN']);

/** One clear line for whatever the IMAP client threw: IMAP_AUTH, SOURCE_MISSING for a folder, else IMAP_UNREACHABLE. */
export function imapError(place: ImapPlace, folder: string, error: unknown): PatchloomError {
  if (error instanceof PatchloomError) return error;
  const where = `${place.name}: imap ${place.host}:${place.port}`;
  const words = wordsOf(error);
  if (field(error, 'authenticationFailed') === true && !NOT_NOW.has(String(field(error, 'serverResponseCode')))) {
    return new PatchloomError('IMAP_AUTH', `${where}: login as ${place.user} refused: ${words}`, { cause: error });
  }
  if (field(error, 'mailboxMissing') === true)
    return new PatchloomError('SOURCE_MISSING', `${where}: no folder "${folder}"`, { cause: error });
  return new PatchloomError('IMAP_UNREACHABLE', `${where}: folder "${folder}": ${words}`, { cause: error });
}

/** The server's words where it said something, else the network's; one line, short. */
function wordsOf(error: unknown): string {
  const said = field(error, 'responseText') ?? field(error, 'response') ?? field(error, 'reason');
  const code = field(error, 'code');
  const message = error instanceof Error ? error.message : String(error);
  const words = typeof said === 'string' && said !== '' ? said : message === '' ? String(code) : message;
  return words.replace(/[\x00-\x1f\x7f]+/g, ' ').slice(0, 200);
}

function field(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;
}
