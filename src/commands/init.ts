import { writeFileSync } from 'node:fs';
import { loadConfig } from '../../config/loader.ts';
import { describeError, PatchloomError } from '../util/errors.ts';
import { type Command, type Invocation, print, say } from './command.ts';
import { INIT_HELP, INIT_OPTIONS, initAnswers } from './init-answers.ts';
import { initText } from './init-text.ts';

/** `patchloom init`: asks a few questions and writes a first configuration. Never writes over a file. */
export const initCommand: Command = {
  name: 'init',
  usage: '[FILE]',
  summary: 'ask a few questions and write a first configuration (patchloom.yaml)',
  details: INIT_HELP,
  options: INIT_OPTIONS,
  words: [0, 1],
  async run(invocation) {
    const [file = 'patchloom.yaml'] = invocation.words;
    const { options, terminal } = invocation;
    const answers = await (terminal.converse?.((ask) => initAnswers(options, ask)) ?? initAnswers(options, null));
    write(file, initText(answers));
    print(terminal, invocation.json ? JSON.stringify({ file }) : file);
    nextSteps(invocation, file);
    return 0;
  },
};

/** Only a new file: an operator's own is never replaced. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const there = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const words = there ? 'is there already and is left as it is: name another file' : (error as Error).message;
    throw new PatchloomError('USAGE', `init: ${file}: ${words}`, { cause: error });
  }
}

function nextSteps(invocation: Invocation, file: string): void {
  try {
    loadConfig(file, invocation.terminal.env);
  } catch (error) {
    say(invocation, `still to do: ${describeError(error)}`);
  }
  const config = file === 'patchloom.yaml' ? '' : ` --config ${file}`;
  say(invocation, `next: patchloom doctor${config}, then patchloom serve${config}`);
}
