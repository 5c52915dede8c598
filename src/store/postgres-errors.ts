import { PatchloomError } from '../util/errors.ts';

/** What a person can do something about, by SQLSTATE (PostgreSQL documentation, appendix A). */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['25006', 'it may not be written to'],
  ['28000', 'the server lets us not in'],
  ['28P01', 'the server refuses the password'],
  ['3D000', 'there is no such database'],
  ['42501', 'access is denied'],
  ['53100', 'its disk is full'],
  ['53200', 'it is out of memory'],
]);

/** Ways in which another transaction was in the way: lock timeout, deadlock, serialization failure. */
const BUSY = new Set(['55P03', '40P01', '40001']);

/** The server ends, starts, or has no room for one more: another try finds it as it was. */
const AWAY = new Set(['57P01', '57P02', '57P03', '53300', '25P03', '57P05']);

/** Codes of the operating system for a server that is not there. */
const SYSTEM =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|ENOENT|EADDRNOTAVAIL)$/;

/** The driver's own words for a connection that is gone; they have no code. */
const GONE =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|The server closed|Query read timeout)/;

/** Turns what the server or its absence says into one clear line for the operator; errors that are our own fault stay as they are. */
export function postgresError(error: unknown, where: string): unknown {
  if (!(error instanceof Error) || error instanceof PatchloomError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (BUSY.has(code))
    return new PatchloomError('STORE_BUSY', `${where}: another process has been writing for too long`, {
      cause: error,
    });
  if (AWAY.has(code) || code.startsWith('08') || SYSTEM.test(code) || GONE.test(error.message))
    return new PatchloomError('STORE_UNREACHABLE', `${where}: ${oneLine(error)}`, { cause: error });
  const words = WORDS.get(code);
  if (words === undefined) return error;
  return new PatchloomError('STORE_UNUSABLE', `${where}: ${words}: ${oneLine(error)}`, { cause: error });
}

/** Node gathers the faults of all addresses of a name in one error without words. */
function oneLine(error: Error): string {
  const words = error instanceof AggregateError ? error.errors.map(String).join('; ') : error.message;
  return words.replaceAll(/\s+/g, ' ').trim();
}
