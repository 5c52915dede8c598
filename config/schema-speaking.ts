import { z } from 'zod';
import { optional, required, section } from './field.ts';
import { address, duration, line, secret } from './values.ts';

function cap(standard: number, text: string) {
  return optional(z.int().min(1).max(10_000), standard, { text, allowed: 'a whole number from 1', example: '20' });
}

/** `smtp.dkim`. */
export const dkim = section('Signs outgoing mail (RFC 6376). Left out: your mail server does, or nobody.', {
  domain: required(line(), { text: 'Domain of `bot.email`.', allowed: 'a domain', example: 'example.org' }),
  selector: required(line(), {
    text: 'Name of the public key in DNS, before `._domainkey`.',
    allowed: 'a name',
    example: 'patchloom',
  }),
  key: required(secret(), {
    text: 'Where the private key is, in PEM.',
    allowed: '{env: NAME} or {file: PATH}',
    example: '{file: /run/secrets/dkim.pem}',
  }),
});

/** `limits.mails_per_hour`. */
export const mailsPerHour = section('Most mails that leave within one hour; what is above waits.', {
  total: cap(60, 'In all.'),
  list: cap(30, 'To one list.'),
  author: cap(12, 'To one author.'),
  series: cap(4, 'About one series.'),
});

const people = (who: string) =>
  optional(z.array(address(true)), [], {
    text: `Addresses of its ${who}, who may ask for what \`allow\` says.`,
    allowed: 'a list of mail addresses',
    example: '[bob@example.org]',
  });

const allowed = (standard: readonly ('author' | 'maintainer' | 'committer')[], text: string) =>
  optional(z.array(z.enum(['author', 'maintainer', 'committer'])), [...standard], {
    text,
    allowed: 'a list of author, maintainer, committer',
  });

const ALL = ['author', 'maintainer', 'committer'] as const;

const allow = section('Who may ask for what. An author may do so only for his own series.', {
  test: allowed(ALL, 'Build it now.'),
  retest: allowed(ALL, 'Build it again, also what has a result.'),
  base: allowed(['author', 'committer'], 'Apply it on another branch or commit.'),
  hold: allowed(ALL, 'Say nothing about this series until `resume`.'),
  resume: allowed(ALL, 'Undo `hold`, `ignore` and `opt-out`.'),
  ignore: allowed(ALL, 'Never say anything about this series and its later versions.'),
  'opt-out': allowed(
    ['committer'],
    'Say nothing more about the whole project (`opt-out project`). Everybody may opt out for himself.',
  ),
  status: allowed(ALL, 'Answer with what is known of the series.'),
  ready: allowed(ALL, 'Answer with what is missing before it can be committed.'),
});

/** `requests` of a project. */
export const requests = section('What people may ask for by mail.', {
  maintainers: people('maintainers beside those whom MAINTAINERS names for the touched files'),
  committers: people('committers'),
  allow: allow.prefault({}),
});

const extra = section('People who get reports beside the author and the list. Nobody does without such a rule.', {
  paths: optional(z.array(line()), [], {
    text: 'For series that touch a file matching one of these globs; for all where empty.',
    allowed: 'a list of globs',
    example: '["xen/arch/arm/**"]',
  }),
  on: optional(z.array(z.enum(['conflict', 'build-failed', 'held', 'success'])), [], {
    text: 'What it has to be about; bad news of every kind where empty.',
    allowed: 'a list of conflict, build-failed, held, success',
    example: '[build-failed]',
  }),
  to: optional(z.array(address()), [], {
    text: 'Addresses.',
    allowed: 'a list of mail addresses',
    example: '[arm-builds@example.org]',
  }),
  maintainers: optional(z.boolean(), false, {
    text: 'The maintainers of the touched files, as MAINTAINERS of the branch names them.',
    allowed: 'true or false',
    example: 'true',
  }),
});

/** `digest` of a project. */
export const digest = section(
  'The check-in queue by mail: what can go in, and what has waited longest for whom. Left out: none. It goes the way of all mail: in `shadow` it is only shown.',
  {
    to: optional(z.array(address()), [], {
      text: 'Who gets it. Empty: the first list of the project.',
      allowed: 'a list of mail addresses',
      example: '[committers@example.org]',
    }),
    every: optional(z.enum(['day', 'week']), 'week', {
      text: 'How often. Where nothing waits it is left out.',
      allowed: 'day, week (on Mondays)',
      example: 'day',
    }),
    hour: optional(z.int().min(0).max(23), 6, { text: 'At which hour, UTC.', allowed: '0 to 23', example: '8' }),
    within: optional(duration(), '90d', {
      text: 'Series that were posted longer ago are left out.',
      allowed: 'a time such as 90d',
      example: '30d',
    }),
  },
);

/** `report` of a project. */
export const report = section('What is said, and to whom.', {
  success: optional(z.boolean(), false, { text: 'Also post where everything passes.', allowed: 'true or false' }),
  stale: optional(z.boolean(), false, {
    text: 'Also post that a series does not apply any more, because its branch has moved. It is shown and counts in the readiness all the same.',
    allowed: 'true or false',
    example: 'true',
  }),
  received: optional(z.boolean(), false, {
    text: 'Also post that all patches of a series have arrived, before anything else is known of it.',
    allowed: 'true or false',
  }),
  held: optional(z.boolean(), false, {
    text: 'Also post where patches of a series have still not arrived a day later.',
    allowed: 'true or false',
  }),
  to: optional(z.enum(['list', 'author']), 'list', {
    text: '`list`: to the author, with the list in copy. `author`: to the author alone.',
    allowed: 'list, author',
    example: 'author',
  }),
  extra: optional(z.array(extra), [], { text: 'Who else gets reports, by rule.', allowed: 'a list of rules' }),
  templates: optional(line().nullable(), null, {
    text: 'Directory of mail templates that stand in the place of the bundled ones of the same name.',
    allowed: 'a path',
    example: './templates/mail',
  }),
});
