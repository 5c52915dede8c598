import pino from 'pino';

/** Structured lines, one id per mail in field `mail`. */
export type Log = pino.Logger;

const SECRET_NAMES = ['password', 'pass', 'token', 'secret', 'privateKey', 'webhookSecret', 'authorization'];

/** Fields that never reach the log in clear, three levels deep: as deep as an error has its request's header fields. */
const SECRET_FIELDS = ['', '*.', '*.*.', '*.*.*.'].flatMap((above) => SECRET_NAMES.map((name) => above + name));

/** The password of a URL, wherever in a line: libraries put the address that they were given into their errors. */
const URL_PASSWORD = /(\w:\/\/[^\s/:@"\\]{0,100}):[^\s/@"\\]{1,200}@/g;

/** A logger that writes JSON lines to `stream` (standard error by default: standard output belongs to results). */
export function createLog(level: string, stream: NodeJS.WritableStream = process.stderr): Log {
  return pino(
    {
      level,
      redact: { paths: SECRET_FIELDS, censor: '[secret]' },
      hooks: { streamWrite: (line) => line.replace(URL_PASSWORD, '$1:[secret]@') },
      base: null,
    },
    stream as pino.DestinationStream,
  );
}

/** For commands and tests that want no log. */
export const silentLog: Log = pino({ level: 'silent' });
