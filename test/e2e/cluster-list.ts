import nodemailer from 'nodemailer';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import type { GitRepo } from '../helpers/git-repo.ts';

export const LIST = 'dev@lists.test';
export const BOT = 'bot@lists.test';

/** Where the servers of a test are. */
export interface Servers {
  readonly imap: number;
  readonly smtp: number;
  readonly upstream: string;
  readonly published: string;
}

/** A live project on one list with one build-test, in which everything is answered. */
export function clusterConfig(at: Servers): Config {
  const base = loadConfig(presetPath('default'), {}, { data: '.' });
  const many = { total: 99_999, list: 99_999, author: 99_999, series: 99_999 };
  const [project] = base.projects;
  if (project === undefined) throw new Error('the default preset has no project');
  const job = { name: 'readme', run: 'test -s README', paths: [], timeout: 30 };
  const account = { host: '127.0.0.1', user: 'bot', password: 'secret' };
  return {
    ...base,
    log: { level: 'info', traces: null },
    bot: { ...base.bot, name: 'patchloom', email: BOT },
    limits: { ...base.limits, actWithinDays: 36_500, mailsPerHour: many, builds: 1 },
    evidence: { ...base.evidence, dkim: false },
    sources: [{ kind: 'imap', name: 'list', ...account, port: at.imap, tls: false, folders: ['INBOX'] }],
    smtp: { ...account, port: at.smtp, security: 'none', dkim: null },
    projects: [
      {
        ...project,
        name: 'demo',
        lists: [LIST],
        mode: 'live',
        git: {
          upstream: at.upstream,
          publish: [at.published],
          branch: 'main',
          targetBranch: null,
          watch: ['main'],
          hook: null,
          browse: null,
          expire: null,
          disk: null,
          borrow: null,
          sign: null,
          strip: 1,
          trailer: { kind: 'none' },
        },
        build: { ...project.build, sandbox: 'none', gate: 'always', jobs: [job] },
        report: { ...project.report, success: true },
      },
    ],
  };
}

/** What upstream begins with: a file for each patch of these series. */
export function filesFor(repo: GitRepo, series: Iterable<number>): void {
  const names = Array.from(series, (number) => [fileOf(number, 1), fileOf(number, 2)]).flat();
  repo.commit({ README: 'hello\n', ...Object.fromEntries(names.map((name) => [name, 'one\n'])) }, 'Begin');
}

const DIRECTORIES = 30;

/** In directories, as sources are: git goes through the whole of one for each branch that a remote has, so that all in one would make pushes slow. */
function fileOf(series: number, patch: number): string {
  return `d${series % DIRECTORIES}/f${series}-${patch}`;
}

/** A series of two patches and an answer with a tag to its first. Each third does not apply. */
export function seriesMails(number: number): readonly string[] {
  const cover = head(number, 0, `[PATCH 0/2] work on ${wordOf(number)}`, authorOf(number), 'Two patches.\n');
  return [cover, patch(number, 1), patch(number, 2), review(number)];
}

/** A word without digits: subjects that differ in a number alone are taken for versions of one thing. */
function wordOf(number: number): string {
  return String(number).replaceAll(/\d/g, (digit) => `${'bcdfghklmn'[Number(digit)]}a`);
}

/** Each series has an author of its own: what one person posts within hours is looked at together, which no list has thousands of. */
function authorOf(number: number): string {
  return `${wordOf(number)} author <${wordOf(number)}@example.org>`;
}

function patch(number: number, index: number): string {
  const file = fileOf(number, index);
  const before = number % 3 === 2 ? 'nowhere' : 'one';
  const diff = `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-${before}\n+two\n`;
  const text = `Because.\n\nSigned-off-by: ${authorOf(number)}\n---\n${diff}`;
  return head(number, index, `[PATCH ${index}/2] ${wordOf(number)}: two`, authorOf(number), text);
}

function review(number: number): string {
  const text = '> Because.\n\nReviewed-by: Rob Reviewer <rob@example.org>\n';
  return head(number, 3, `Re: [PATCH 1/2] ${wordOf(number)}: two`, 'Rob Reviewer <rob@example.org>', text, 1);
}

function head(number: number, minute: number, subject: string, from: string, text: string, to = 0): string {
  const date = new Date(Date.UTC(2026, 0, 1 + (number % 28), Math.floor(number / 28) % 24, minute)).toUTCString();
  const parent = `<s${number}-${to}@example.org>`;
  const references = minute === 0 ? '' : `In-Reply-To: ${parent}\nReferences: ${parent}\n`;
  return `From: ${from}\nTo: ${LIST}\nDate: ${date.replace('GMT', '+0000')}\nMessage-ID: <s${number}-${minute}@example.org>\n${references}Subject: ${subject}\n\n${text}`;
}

/** Posts a mail to the list, again where the server is away. */
export async function post(port: number, raw: string, to: string = LIST): Promise<void> {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true });
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        await transport.sendMail({ envelope: { from: 'author@example.org', to }, raw });
        return;
      } catch (error) {
        if (tries === 20) throw error;
        await sleep(100);
      }
    }
  } finally {
    transport.close();
  }
}
