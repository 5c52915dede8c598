import { ownLines } from '../review/own-text.ts';

/** The mark that each mail of ours bears in its last lines: the random part of its Message-ID. */
export function markOf(msgid: string): string {
  return /^<patchloom-([0-9a-f]{32})@/.exec(msgid)?.[1] ?? '';
}

const MARK = /^patchloom-mark: ([0-9a-f]{32})$/;

/** Marks in the text of a mail that stand there unquoted: who quotes us is not us. The signature is looked at, too. */
export function marksIn(text: string): readonly string[] {
  const signature = text.split('\n').slice(-60);
  const own = ownLines(text).filter(({ own: mine }) => mine);
  const lines = [...own.map((line) => line.text), ...signature].map((line) => line.trim());
  return [...new Set(lines.flatMap((line) => MARK.exec(line)?.[1] ?? []))].slice(0, 20);
}
