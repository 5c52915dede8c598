import { existsSync, readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { peopleFilesOf, type TreePeople, treePeople } from '../../handlers/tree-people.ts';
import { levelsOf } from '../review/maintainers-cover.ts';
import { type MaintainersQuestion, type Recipient, recipientsFor } from '../review/maintainers-list.ts';
import { questionOf } from '../review/maintainers-question.ts';
import type { Maintainers } from '../review/maintainers.ts';
import { PatchloomError } from '../util/errors.ts';
import { type Command, type Invocation, print, say } from './command.ts';
import { namedTree } from './tree-option.ts';

/** `patchloom maintainers`: whom a patch or a file concerns, by the MAINTAINERS file of the tree it applies on. */
export const maintainersCommand: Command = {
  name: 'maintainers',
  usage: 'PATCH|FILE... [--tree DIR] [--at REV] [--roles] [--approve]',
  summary:
    'who is to be told of a patch (a file, or - for standard input) or of files of the tree, and who can approve',
  options: {
    tree: { type: 'string' },
    at: { type: 'string' },
    roles: { type: 'boolean' },
    approve: { type: 'boolean' },
  },
  words: [1, Number.POSITIVE_INFINITY],
  async run(invocation) {
    const question = await read(invocation.words);
    const { repository, commit } = await namedTree(invocation);
    const people = treePeople(await peopleFilesOf(repository, commit));
    const { maintainers, conf, mailmap } = people;
    if (maintainers === null)
      throw new PatchloomError('NOT_FOUND', `there is no MAINTAINERS file in ${commit.slice(0, 12)}`);
    warn(invocation, people);
    const told = recipientsFor(maintainers, question, conf.options, mailmap);
    const files = question.paths.map((path) => ({ path, levels: levelNames(maintainers, path) }));
    if (invocation.json) print(invocation.terminal, JSON.stringify({ commit, people: told, files }));
    else if (invocation.options['approve'] === true) for (const file of files) printFile(invocation, file);
    else for (const one of told) print(invocation.terminal, lineOf(one, invocation.options['roles'] === true));
    return 0;
  },
};

/** @throws PatchloomError SOURCE_MISSING */
async function read(words: readonly string[]): Promise<MaintainersQuestion> {
  const found: MaintainersQuestion[] = [];
  for (const word of words) {
    const text = await textOf(word);
    const question = text === null ? null : questionOf(text);
    if (question === null && word === '-')
      throw new PatchloomError('SOURCE_UNREADABLE', 'there is no patch on standard input');
    found.push(question ?? { paths: [word.replace(/^\.\//, '')], lines: [] });
  }
  return { paths: [...new Set(found.flatMap(({ paths }) => paths))], lines: found.flatMap(({ lines }) => lines) };
}

async function textOf(word: string): Promise<string | null> {
  if (word === '-') return (await buffer(process.stdin)).toString('latin1');
  if (!existsSync(word)) return null;
  try {
    return readFileSync(word, 'latin1');
  } catch {
    return null;
  }
}

function warn(invocation: Invocation, { maintainers, conf }: TreePeople): void {
  for (const fault of maintainers?.faults ?? []) say(invocation, `MAINTAINERS, ${fault}`);
  if (conf.ignored.length > 0) say(invocation, `.get_maintainer.conf: not followed: ${conf.ignored.join(' ')}`);
}

interface FileLevels {
  readonly path: string;
  readonly levels: readonly { readonly sections: readonly string[]; readonly maintainers: readonly string[] }[];
}

function levelNames(maintainers: Maintainers, path: string): FileLevels['levels'] {
  return levelsOf(maintainers, path).map((sections) => ({
    sections: sections.map(({ name }) => name),
    maintainers: [
      ...new Set(sections.flatMap((one) => one.maintainers.map(({ name, email }) => `${name} <${email}>`))),
    ],
  }));
}

function printFile({ terminal }: Invocation, { path, levels }: FileLevels): void {
  print(terminal, path);
  if (levels.length === 0) print(terminal, '  nobody maintains it');
  for (const { sections, maintainers } of levels)
    print(terminal, `  ${sections.join(', ')}: ${maintainers.join(', ')}`);
}

function lineOf({ name, email, role, section }: Recipient, roles: boolean): string {
  const quoted = /[^\p{L}\p{N} _-]/u.test(name) ? `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"` : name;
  const address = name === '' ? email : `${quoted} <${email}>`;
  return roles ? `${address} (${role}: ${section})` : address;
}
