import type { SendResult } from './sink.ts';

/** What nodemailer puts on its errors. */
interface SmtpError extends Error {
  readonly code?: string;
  /** Code of the system, where `code` is nodemailer's own. */
  readonly originalCode?: string;
  readonly command?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

const TRANSACTION = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);
/** Refusals of the login and not of the mail, also where they answer MAIL FROM (RFC 4954 §6). */
const LOGIN = new Set([530, 534, 535, 538]);

/**
 * What a failed attempt means.
 * @param flowing whether the server had asked for the text
 */
export function resultOfError(error: unknown, flowing: boolean): SendResult {
  const failure = asSmtpError(error);
  const reason = reasonOf(failure);
  const { responseCode } = failure;
  if (responseCode !== undefined && (responseCode < 500 || LOGIN.has(responseCode))) return { kind: 'retry', reason };
  if (responseCode !== undefined && TRANSACTION.has(failure.command ?? '')) return { kind: 'refused', reason };
  if (flowing) return { kind: 'doubtful', reason };
  // The mail itself cannot be sent: an address that SMTP does not know, or too large for the server.
  if (failure.code === 'EENVELOPE' || failure.code === 'EMESSAGE') return { kind: 'refused', reason };
  // No connection, no TLS, wrong password: the mail is good, and waits until somebody has mended it.
  return { kind: 'retry', reason };
}

/** The error code and words for `doctor`. */
export function verifyError(error: unknown): {
  readonly code: 'SMTP_AUTH' | 'SMTP_UNREACHABLE';
  readonly text: string;
} {
  const failure = asSmtpError(error);
  return { code: failure.code === 'EAUTH' ? 'SMTP_AUTH' : 'SMTP_UNREACHABLE', text: reasonOf(failure) };
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name cannot be looked up now',
  ETIMEDOUT: 'no answer in time',
  ECONNRESET: 'the server cut the connection',
  ETLS: 'no TLS',
  EAUTH: 'the login was refused',
};

/** One line: what happened, and the server's own words. */
function reasonOf(failure: SmtpError): string {
  const known = WORDS[failure.originalCode ?? ''] ?? WORDS[failure.code ?? ''];
  const words = (failure.response ?? failure.message)
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 300);
  return known === undefined ? words : `${known}: ${words}`;
}

function asSmtpError(error: unknown): SmtpError {
  return error instanceof Error ? error : new Error(String(error));
}
