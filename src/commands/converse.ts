import { createInterface } from 'node:readline';
import { PatchloomError } from '../util/errors.ts';

/** Asks one question and returns the line that came. */
export type Ask = (question: string) => Promise<string>;

/** Lets `talk` ask the person at a terminal, and lets go of the terminal when it ends. */
export type Converse = <T>(talk: (ask: Ask) => Promise<T>) => Promise<T>;

/** A conversation on this process's terminal. Lines that come before their question (pasted ones) are kept for it. */
export const converseHere: Converse = async (talk) => {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const said = lines[Symbol.asyncIterator]();
  try {
    return await talk(async (question) => {
      lines.setPrompt(question);
      lines.prompt();
      const next = await said.next();
      if (next.done) throw new PatchloomError('USAGE', 'the answers ended before the questions did');
      return next.value;
    });
  } finally {
    lines.close();
  }
};
