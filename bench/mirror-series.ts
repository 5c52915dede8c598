import { spawnSync } from 'node:child_process';
import { parseMessage } from '../src/mail/parse.ts';
import type { MirrorPatch, MirrorRequest } from '../src/mirror/mirror.ts';
import { patchOf } from '../src/patch/mailed-patch.ts';
import { parseSubject } from '../src/patch/subject.ts';

/** A series with the commit that it belongs on, as mails and as the mirror's request. */
export interface BenchSeries {
  readonly base: string;
  readonly mails: readonly Buffer[];
  readonly request: MirrorRequest;
}

/** Committer of every commit that is compared. */
export const COMMITTER = { name: 'Bench', email: 'bench@example.org' };

/** Environment of every git process that is not the mirror's own. */
export const GIT_ENV = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_COMMITTER_NAME: COMMITTER.name,
  GIT_COMMITTER_EMAIL: COMMITTER.email,
};

/** Runs git; gives its exit code and output. */
export function git(
  cwd: string,
  args: readonly string[],
  options: { readonly input?: Uint8Array | string; readonly env?: Record<string, string> } = {},
): { readonly code: number | null; readonly out: Buffer; readonly err: string } {
  const { input, env } = options;
  const all = { cwd, env: { ...GIT_ENV, ...env }, maxBuffer: 1 << 30, ...(input === undefined ? {} : { input }) };
  const { status, stdout, stderr } = spawnSync('git', args, all);
  return { code: status, out: stdout, err: stderr.toString() };
}

/** Output of a git command that has to succeed. */
export function gitOut(cwd: string, ...args: string[]): string {
  const { code, out, err } = git(cwd, args);
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${err}`);
  return out.toString('utf8').trimEnd();
}

/** Repeatable chance (mulberry32). */
export function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

/** The request that the bot would make of these mails; null where one holds no patch. */
export async function requestOf(mails: readonly Buffer[], key: string): Promise<MirrorRequest | null> {
  const patches: MirrorPatch[] = [];
  for (const mail of mails) {
    const message = await parseMessage(mail);
    const patch = patchOf(message, { ...parseSubject(message.subject), reply: false, index: patches.length + 1 });
    if (patch === null) return null;
    const { title, author, authorDate, diff } = patch;
    const index = patches.length + 1;
    patches.push({ index, msgid: message.msgid, title, author, authorDate, message: patch.message, diff });
  }
  const [first] = patches;
  if (first === undefined) return null;
  return {
    project: 'bench',
    key,
    msgid: first.msgid,
    version: 1,
    revision: 0,
    subject: `${first.title} ${key}`,
    date: first.authorDate,
    baseCommit: null,
    target: null,
    patches,
  };
}

const MBOX_LINE = /^From [0-9a-f]{40} Mon Sep 17 00:00:00 2001\n/m;

/** The mails of `git format-patch`. */
export function mailsOf(repository: string, range: string, ...options: string[]): Buffer[] {
  const { code, out, err } = git(repository, ['format-patch', '--stdout', ...options, range]);
  if (code !== 0) throw new Error(err);
  return out
    .toString('latin1')
    .split(MBOX_LINE)
    .slice(1)
    .map((mail) => Buffer.from(mail, 'latin1'));
}

/** Mails as the mbox that `git am` reads. */
export function mboxOf(mails: readonly Buffer[]): Buffer {
  return Buffer.concat(
    mails.flatMap((mail) => [Buffer.from('From x Mon Sep 17 00:00:00 2001\n'), mail, Buffer.from('\n')]),
  );
}
