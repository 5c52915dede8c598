import type { GitRepo } from './git-repo.ts';
import { mailText } from './mail-text.ts';

/** The list that the posted series go to. */
export const LIST = 'hello@lists.example.org';

/** A series of two patches on `main` of a repository that has `a.c`, with a cover: `NAME-0@`, `NAME-1@`, `NAME-2@example.org`. */
export function postedSeries(repo: GitRepo, name: string, version = 1): Buffer[] {
  repo.git('checkout', '--quiet', '-B', 'work', 'main');
  for (const part of [1, 2])
    repo.commit(
      { 'a.c': `one\ntwo of ${name} v${version} ${part}\nthree\n` },
      `a: ${name} part ${part}\n\nBecause.\n\nSigned-off-by: Ann Author <ann@example.org>`,
    );
  const mails = repo.formatPatch('main..work', '--cover-letter', `-v${version}`, `--to=${LIST}`);
  repo.git('checkout', '--quiet', 'main');
  const day = version === 1 ? '03' : '04';
  return mails.map((mail, at) => {
    const text = mail.toString('latin1').replace('*** SUBJECT HERE ***', `make ${name} right`);
    const dated = text
      .replace(/^From: .*$/m, 'From: Ann Author <ann@example.org>')
      .replace(/^Date: .*$/m, `Date: Mon, ${day} Jun 2024 10:0${at}:00 +0200`);
    const thread = at === 0 ? '' : `In-Reply-To: <${name}${version}-0@example.org>\n`;
    return Buffer.from(`Message-ID: <${name}${version}-${at}@example.org>\n${thread}${dated}`, 'latin1');
  });
}

/** A review of a mail of a posted series: `r-ID@example.org`. */
export function review(id: string, tag = 'Reviewed-by: Rob Reviewer <rob@example.org>'): Buffer {
  return mailText({
    id: `r-${id}`,
    replyTo: id,
    from: 'Rob Reviewer <rob@example.org>',
    to: LIST,
    subject: 'Re: [PATCH] a: part',
    date: 'Tue, 4 Jun 2024 10:00:00 +0200',
    body: `> Because.\n\nGood.\n\n${tag}\n`,
  });
}
