import type { Message } from '../mail/message.ts';
import { ownLines } from '../review/own-text.ts';

/** What can be asked for in a line `@patchloom WORD` of a reply. */
export const REQUEST_WORDS = [
  'test',
  'retest',
  'base',
  'hold',
  'resume',
  'ignore',
  'opt-out',
  'status',
  'ready',
] as const;
export type RequestWord = (typeof REQUEST_WORDS)[number];

/** One line of a mail that asks for something. */
export interface Request {
  /** Which of the mail's requests, from 1. */
  readonly line: number;
  /** Null where the word is none that we know. */
  readonly word: RequestWord | null;
  /** What follows the word: one job for `retest`, one branch or commit for `base`, `project` for `opt-out` and `resume`; else empty. */
  readonly argument: string;
  /** The line as it was written, shortened. */
  readonly text: string;
}

const MOST = 5;
const LINE = /^@patchloom[ \t]+(\S{1,40})(?:[ \t]+(\S{1,200}))?[ \t]*$/;
const ANY = /^/;
/** What may follow a word; where it is not named here, nothing may. */
const ARGUMENTS: Readonly<Partial<Record<RequestWord, RegExp>>> = {
  retest: ANY,
  base: ANY,
  'opt-out': /^project$/,
  resume: /^project$/,
};

/**
 * The requests in a mail: only in its writer's own words, at the start of a line, and only where the mail is to us (To or Cc) and
 * answers something. Automatic mail asks for nothing. At most five a mail.
 */
export function requestsIn(
  message: Pick<Message, 'text' | 'to' | 'cc' | 'inReplyTo' | 'automatic'>,
  bot: string,
): readonly Request[] {
  const toUs = [...message.to, ...message.cc].some(({ email }) => email.toLowerCase() === bot.toLowerCase());
  if (!toUs || message.inReplyTo === null || message.automatic) return [];
  return ownLines(message.text)
    .filter(({ own, text }) => own && LINE.test(text))
    .slice(0, MOST)
    .map(({ text }, at) => readLine(text, at + 1));
}

function readLine(text: string, line: number): Request {
  const [, word = '', argument = ''] = LINE.exec(text) ?? [];
  const known = REQUEST_WORDS.find((one) => one === word.toLowerCase()) ?? null;
  const fits = argument === '' ? known !== 'base' : known !== null && ARGUMENTS[known]?.test(argument) === true;
  return { line, word: fits ? known : null, argument, text: text.slice(0, 200) };
}

/** Whether an argument may be a branch or commit: letters, digits and `._/-`, and nothing that git reads as more than a name. */
export function isRefName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/.test(text) && !/\.\.|\/\/|\.lock(?:\/|$)|[./]$/.test(text);
}
