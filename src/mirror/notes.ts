import type { Address } from '../mail/message.ts';
import { gitFailed, gitText, runGit } from './git.ts';

/** Notes on the commits of one project: `git log --notes=patchloom/xen`. The only refs of ours that move: they add to commits what came later. */
export const NOTES = 'refs/notes/patchloom/';

/** A note is text of mail: so much of one is kept. Characters. */
const MOST_TEXT = 100_000;

/**
 * Puts notes on commits; one that a commit has is replaced. Nothing is written where all are there already.
 * @param notes text by commit id
 * @param time seconds since 1970, of the commit that is made of them
 * @throws PatchloomError GIT_FAILED, also where another process has written at the same time
 */
export async function writeNotes(
  repository: string,
  ref: string,
  committer: Address,
  notes: ReadonlyMap<string, string>,
  time: number,
): Promise<void> {
  const wanted = [...notes].map(([commit, text]) => [commit, tidy(text)] as const);
  const there = await notesOn(repository, ref, [...notes.keys()]);
  const fresh = wanted.filter(([commit, text]) => there.get(commit) !== text);
  if (fresh.length === 0) return;
  const [tip] = (await gitText(repository, ['for-each-ref', '--format=%(objectname)', ref])).split('\n');
  const person = `${clean(committer.name)} <${clean(committer.email)}>`;
  const lines = [
    `commit ${ref}\ncommitter ${person} ${time} +0000\n`,
    data('Notes of patchloom\n'),
    tip ? `from ${tip}\n` : '',
    ...fresh.map(([commit, text]) => `N inline ${commit}\n${data(text)}`),
    'done\n',
  ];
  const args = ['fast-import', '--quiet', '--done'];
  const result = await runGit(repository, args, { input: lines.join('') });
  if (result.code !== 0) throw gitFailed(repository, 'fast-import', result);
}

/** The notes that commits have; those without one are left out. */
async function notesOn(
  repository: string,
  ref: string,
  commits: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (commits.length === 0) return new Map();
  const args = ['show', '--no-patch', `--notes=${ref}`, '--format=%x00%H%x01%N', ...commits];
  const parts = (await gitText(repository, args)).split('\0').slice(1);
  return new Map(
    parts.map((part) => [part.slice(0, part.indexOf('\u0001')), tidy(part.slice(part.indexOf('\u0001') + 1))]),
  );
}

function tidy(text: string): string {
  return `${text
    .replaceAll(/[\u0000\u0001]/g, ' ')
    .slice(0, MOST_TEXT)
    .toWellFormed()
    .trimEnd()}\n`;
}

/** What fast-import reads by its length: no text of a mail can end it. */
function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function clean(text: string): string {
  return text.replaceAll(/[\n<>\u0000]/g, '');
}
