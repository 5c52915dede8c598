import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { runCli } from '../../src/cli.ts';
import type { GitRepo } from './git-repo.ts';

/** The command line over a data directory of its own, with one project `demo` on a repository. */
export interface CaseBot {
  /** Runs one command and gives what it printed. Fails where the exit code is another than expected. */
  run(...words: string[]): Promise<string>;
  /** Imports mails. */
  receive(...mails: readonly (string | Buffer)[]): Promise<void>;
}

function sink(): { stream: Writable; text: () => string } {
  const parts: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      parts.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(parts).toString('utf8') };
}

/** @param policy YAML of the project's policy, in flow style: `{sign_off: true}` */
export function caseBot(directory: string, upstream: string, policy = '{}', more = ''): CaseBot {
  const config = join(directory, 'patchloom.yaml');
  const project = `  demo:\n    fallback: true\n    git: {upstream: "${upstream}", branch: main${more}}\n    policy: ${policy}\n`;
  const bot = `data: ${join(directory, 'data')}\nbot: {email: bot@example.org}\nprojects:\n${project}`;
  writeFileSync(config, bot);
  const run = async (...words: string[]): Promise<string> => {
    const [out, err] = [sink(), sink()];
    const terminal = {
      stdout: out.stream,
      stderr: err.stream,
      env: {},
      colour: false,
      interactive: false,
      converse: null,
    };
    const code = await runCli([...words, '--config', config], terminal);
    if (code !== 0) throw new Error(`patchloom ${words.join(' ')}: exit code ${code}: ${err.text()}`);
    return out.text();
  };
  let boxes = 0;
  return {
    run,
    receive: async (...mails) => {
      const box = join(directory, `box-${++boxes}.mbox`);
      const all = mails.map((mail) => Buffer.concat([FROM_LINE, Buffer.from(mail), Buffer.from('\n')]));
      writeFileSync(box, Buffer.concat(all));
      await run('import', box, '--quiet');
    },
  };
}

const FROM_LINE = Buffer.from('From mboxrd@z Thu Jan  1 00:00:00 1970\n');

/** The commits of a range as mails `<NAME-1@example.org>`, …, each in reply to the first. */
export function mailsOf(repo: GitRepo, range: string, name: string, ...options: string[]): Buffer[] {
  return repo.formatPatch(range, ...options).map((mail, at) => {
    const reply = at === 0 ? '' : `In-Reply-To: <${name}-1@example.org>\n`;
    return Buffer.concat([Buffer.from(`Message-ID: <${name}-${at + 1}@example.org>\n${reply}`), mail]);
  });
}

/** An answer of a person to a mail. */
export function answer(to: string, msgid: string, from: string, text: string, subject = 'Re: [PATCH] x'): string {
  return `Message-ID: <${msgid}@example.org>\nIn-Reply-To: <${to}@example.org>\nDate: Tue, 2 Jan 2024 10:00:00 +0100\nFrom: ${from}\nSubject: ${subject}\n\n${text}\n`;
}
