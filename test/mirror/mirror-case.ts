import { silentLog } from '../../src/util/log.ts';
import { parseMessage } from '../../src/mail/parse.ts';
import type { GitProject, MirrorPatch, MirrorRequest } from '../../src/mirror/mirror.ts';
import { type Mirror, openMirror } from '../../src/mirror/open.ts';
import { patchOf } from '../../src/patch/mailed-patch.ts';
import { parseSubject } from '../../src/patch/subject.ts';
import { COMMITTER, type GitRepo, gitRepo } from '../helpers/git-repo.ts';

/** An upstream repository with a mirror of it that has been fetched. */
export interface MirrorCase extends AsyncDisposable {
  readonly upstream: GitRepo;
  readonly mirror: Mirror;
  /** Data directory; the repository is in it. */
  readonly directory: string;
  readonly project: GitProject;
  /** Standard output of git in the mirror's repository. */
  git(...args: string[]): string;
}

/** `prepare` makes the commits that upstream begins with. */
export async function mirrorCase(
  prepare: (upstream: GitRepo) => void,
  settings: Partial<GitProject> = {},
): Promise<MirrorCase> {
  const upstream = await gitRepo();
  prepare(upstream);
  const directory = upstream.beside('data');
  const defaults = { project: 'demo', upstream: upstream.path, publish: [], branch: 'main', targetBranch: null };
  const project = { ...defaults, committer: COMMITTER, ...settings };
  const mirror = await openMirror({ directory, git: project, log: silentLog });
  await mirror.fetch();
  return {
    upstream,
    mirror,
    directory,
    project,
    git: (...args) => upstream.git(`--git-dir=${mirror.repository}`, ...args),
    [Symbol.asyncDispose]: async () => {
      await mirror.close();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

/** The request for a series of mails, made by the stages that the bot uses. */
export async function requestOf(
  mails: readonly Uint8Array[],
  more: Partial<MirrorRequest> = {},
): Promise<MirrorRequest> {
  const patches: MirrorPatch[] = [];
  for (const mail of mails) {
    const message = await parseMessage(mail);
    const patch = patchOf(message, parseSubject(message.subject));
    if (!patch) throw new Error(`no patch in ${message.subject}`);
    const { title, author, authorDate, diff } = patch;
    patches.push({
      index: patches.length + 1,
      msgid: message.msgid,
      title,
      author,
      authorDate,
      message: patch.message,
      diff,
    });
  }
  return requestFor(patches, more);
}

/** A request with defaults for what a test does not care about. */
export function requestFor(patches: readonly MirrorPatch[], more: Partial<MirrorRequest> = {}): MirrorRequest {
  return {
    project: 'demo',
    key: patches.map((patch) => patch.msgid).join(' '),
    msgid: patches[0]?.msgid ?? '<none@example.org>',
    version: 1,
    revision: 0,
    subject: patches[0]?.title ?? 'Nothing',
    // Later than every commit of a test: the base is the branch as it stands.
    date: '2024-06-01T10:00:00+01:00',
    baseCommit: null,
    target: null,
    patches,
    ...more,
  };
}

/** A patch with a diff of its own. */
export function patchWith(diff: string, more: Partial<MirrorPatch> = {}): MirrorPatch {
  return {
    index: 1,
    msgid: '<patch@example.org>',
    title: 'Change something',
    author: { name: 'Ann Author', email: 'ann@example.org' },
    authorDate: '2024-01-02T10:00:00+01:00',
    message: 'Change something\n',
    diff,
    ...more,
  };
}

/** A diff that makes a new file with one line. */
export function newFileDiff(name: string, line = 'text', mode = '100644'): string {
  return `diff --git a/${name} b/${name}\nnew file mode ${mode}\n--- /dev/null\n+++ b/${name}\n@@ -0,0 +1 @@\n+${line}\n`;
}

/** Ids that `git am` gives to the mails on `base`, oldest first; throws with git's words where it stops. */
export function amIds(upstream: GitRepo, base: string, mails: readonly Uint8Array[], ...options: string[]): string[] {
  upstream.git('checkout', '--quiet', '--force', '--detach', base);
  const box = Buffer.concat(
    mails.flatMap((mail) => [Buffer.from('From x Mon Sep 17 00:00:00 2001\n'), mail, Buffer.from('\n')]),
  );
  const am = upstream.run(['am', '--quiet', '--committer-date-is-author-date', ...options], box);
  if (am.code !== 0) {
    upstream.run(['am', '--abort']);
    throw new Error(am.stderr);
  }
  return upstream.git('rev-list', '--reverse', `${base}..HEAD`).split('\n');
}
