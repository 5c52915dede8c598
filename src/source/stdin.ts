import { splitMbox } from './mbox-split.ts';
import { cutNote } from './raw-mail.ts';
import type { RawMail, Source } from './raw-mail.ts';

/** One mail or an mbox from a stream: standard input that starts with "From " is an mbox. It can be read once and has no cursor. */
export function stdinSource(input: AsyncIterable<Buffer | string> = process.stdin): Source {
  return { name: 'standard input', live: false, read: (_cursor, signal) => read(input, signal) };
}

async function* read(input: AsyncIterable<Buffer | string>, signal: AbortSignal): AsyncGenerator<RawMail> {
  let count = 0;
  for await (const mail of splitMbox(buffers(input))) {
    if (signal.aborted) return;
    count += 1;
    yield {
      raw: mail.raw,
      label: `standard input: mail ${count}${cutNote(mail.cut)}`,
      cursor: String(mail.end),
      done: null,
    };
  }
}

async function* buffers(input: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  for await (const chunk of input) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}
