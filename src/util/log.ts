import pino from 'pino';

/** Structured lines, one id per mail in field `mail`. */
export type Log = pino.Logger;

/** Fields that never reach the log in clear. */
const SECRET_FIELDS = ['password', 'pass', 'token', 'secret', '*.password', '*.pass', '*.token', '*.secret'];

/** A logger that writes JSON lines to `stream` (standard error by default: standard output belongs to results). */
export function createLog(level: string, stream: NodeJS.WritableStream = process.stderr): Log {
  return pino(
    { level, redact: { paths: SECRET_FIELDS, censor: '[secret]' }, base: null },
    stream as pino.DestinationStream,
  );
}

/** For commands and tests that want no log. */
export const silentLog: Log = pino({ level: 'silent' });
