import { currentTree, setTree, treeOffer } from '../../handlers/tree-state.ts';
import { openBot } from '../bot.ts';
import { oneLine } from '../report/text.ts';
import type { TreeState } from '../review/policy.ts';
import { PatchloomError } from '../util/errors.ts';
import { silentLog } from '../util/log.ts';
import { type Command, print } from './command.ts';
import { projectNamed } from './tree-option.ts';

const STATES = ['open', 'frozen', 'moratorium'] as const satisfies readonly TreeState[];

/** `patchloom tree`: whether patches may go in, and saying so. */
export const treeCommand: Command = {
  name: 'tree',
  usage: '[open|frozen|moratorium|config] [--branch NAME]',
  summary: 'the state of the tree, or set it; config gives it back to the configuration',
  options: { branch: { type: 'string' } },
  words: [0, 1],
  async run(invocation) {
    const { terminal, json } = invocation;
    const [word] = invocation.words;
    const wanted = STATES.find((state) => state === word) ?? null;
    if (word !== undefined && wanted === null && word !== 'config')
      throw new PatchloomError('USAGE', `tree: there is no state "${word}"; there are ${STATES.join(', ')}, config`);
    const project = projectNamed(invocation);
    const branch = typeof invocation.options['branch'] === 'string' ? invocation.options['branch'] : '';
    await using bot = await openBot(invocation.config(), { log: silentLog, readonly: word === undefined });
    const changed = word === undefined ? 0 : await setTree(bot, project, branch, wanted, 'command');
    const current = await currentTree(bot, project, branch);
    const offer = await treeOffer(bot, project, branch);
    const since = current.since === 0 ? null : new Date(current.since).toISOString();
    if (json) {
      const { state, evidence } = current;
      print(terminal, JSON.stringify({ project, branch, state, since, evidence, offer }));
      return 0;
    }
    const where = branch === '' ? project : `${project} ${branch}`;
    print(terminal, `${where}: ${current.state}${since === null ? '' : ` since ${since}`} (${current.evidence})`);
    if (word !== undefined) print(terminal, `${changed} open series judged differently`);
    if (offer !== null) {
      print(
        terminal,
        `a Release Manager's mail says ${offer.state}: ${oneLine(offer.mail.subject)} ${offer.mail.msgid}`,
      );
      print(terminal, `  "patchloom tree ${offer.state}" makes it so`);
    }
    return 0;
  },
};
