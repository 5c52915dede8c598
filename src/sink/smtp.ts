import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { OutgoingMessage } from '../mail/outgoing.ts';
import { renderMessage } from '../mail/render.ts';
import { PatchloomError } from '../util/errors.ts';
import { checkDkimKey, type DkimKey, signed } from './dkim.ts';
import { envelopeTo, type SendResult, type Sink } from './sink.ts';
import { resultOfError, verifyError } from './smtp-error.ts';

/** A server that takes mail. */
export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  /** tls: from the first byte; starttls: required upgrade; none: loopback only. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user: string | null;
  readonly password: string | null;
  /** Null: not signed here; the server may do it. */
  readonly dkim?: DkimKey | null;
  /** Milliseconds of silence after which a server counts as lost; 60 s by default. */
  readonly timeout?: number;
}

/**
 * Sends by SMTP, one connection for each mail. nodemailer's pool is not used: it sends a mail again by itself when a connection
 * ends, also after the server may have taken it, and two copies on a list are worse than none.
 * @throws PatchloomError CONFIG_INVALID where the DKIM key is none
 */
export function smtpSink(options: SmtpOptions): Sink {
  const name = `${options.host}:${options.port}`;
  if (options.dkim) checkDkimKey(options.dkim);
  const open = new Set<SMTPConnection>();
  return {
    name,
    send: (message, signal) => send(options, open, message, signal),
    verify: () => verify(options, open, name),
    close: () => {
      for (const connection of open) connection.close();
      open.clear();
    },
  };
}

async function send(
  options: SmtpOptions,
  open: Set<SMTPConnection>,
  message: OutgoingMessage,
  signal?: AbortSignal,
): Promise<SendResult> {
  const plain = await renderMessage(message);
  const bytes = options.dkim ? await signed(plain, options.dkim) : plain;
  const envelope = { from: message.from.email, to: envelopeTo(message), size: bytes.length };
  // The text is asked for once the server has said 354 to DATA: from then on a lost connection leaves a doubt.
  let flowing = false;
  const text = new Readable({
    read() {
      flowing = true;
      this.push(bytes);
      this.push(null);
    },
  });
  try {
    return await session(options, open, signal, async (connection, failed) => {
      const info = await Promise.race([failed, sendOn(connection, envelope, text)]);
      const refused = info.rejected.map(String);
      return {
        kind: 'sent',
        response: refused.length === 0 ? info.response : `${info.response} (refused for ${refused.join(', ')})`,
      };
    });
  } catch (error) {
    return resultOfError(error, flowing);
  }
}

async function verify(options: SmtpOptions, open: Set<SMTPConnection>, name: string): Promise<void> {
  try {
    await session(options, open, undefined, () => Promise.resolve());
  } catch (error) {
    const { code, text } = verifyError(error);
    throw new PatchloomError(code, `${name}: ${text}`, { cause: error });
  }
}

/** Connects, logs in where a user is given, does `work`, and closes. `failed` rejects when the connection breaks. */
async function session<T>(
  options: SmtpOptions,
  open: Set<SMTPConnection>,
  signal: AbortSignal | undefined,
  work: (connection: SMTPConnection, failed: Promise<never>) => Promise<T>,
): Promise<T> {
  const connection = new SMTPConnection({
    host: options.host,
    port: options.port,
    secure: options.security === 'tls',
    requireTLS: options.security === 'starttls',
    ignoreTLS: options.security === 'none',
    connectionTimeout: options.timeout ?? 60_000,
    greetingTimeout: options.timeout ?? 60_000,
    socketTimeout: options.timeout ?? 60_000,
  });
  open.add(connection);
  const failed = new Promise<never>((_resolve, reject) => {
    connection.on('error', reject);
    connection.once('end', () => reject(new Error('the connection ended')));
    const stop = (): void => reject(new Error('sending was stopped'));
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
  // Who does not wait for it any more is not to be told by a crash.
  failed.catch(() => {});
  try {
    await Promise.race([failed, called((done) => connection.connect(done))]);
    const { user, password } = options;
    if (user !== null) {
      await Promise.race([
        failed,
        called((done) => connection.login({ credentials: { user, pass: password ?? '' } }, done)),
      ]);
    }
    const result = await work(connection, failed);
    connection.quit();
    return result;
  } catch (error) {
    connection.close();
    throw error;
  } finally {
    open.delete(connection);
  }
}

/** A call with a Node callback as a promise. */
function called(call: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error === undefined || error === null ? resolve() : reject(error)));
  });
}

interface Sent {
  readonly response: string;
  readonly rejected: readonly unknown[];
}

function sendOn(
  connection: SMTPConnection,
  envelope: { from: string; to: string[]; size: number },
  text: Readable,
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    connection.send(envelope, text, (error, info) => {
      if (error) reject(error);
      else resolve({ response: info?.response ?? '', rejected: info?.rejected ?? [] });
    });
  });
}
