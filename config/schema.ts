import { z } from 'zod';
import { build } from './build-schema.ts';
import { optional, required, section } from './field.ts';
import { SAVED_QUERIES } from './saved-queries.ts';
import { github, gitlab } from './schema-ci.ts';
import { git } from './schema-git.ts';
import { policy } from './schema-policy.ts';
import { digest, dkim, mailsPerHour, report, requests } from './schema-speaking.ts';
import { tokens } from './schema-tokens.ts';
import { webhooks } from './schema-webhooks.ts';
import { address, database, duration, line, listen, secret, server, size, tokenHash, webPage } from './values.ts';

/** The bundled presets. */
export const PRESETS = ['xen', 'demo'] as const;

const yesNo = 'true or false';
const port = z.int().min(1).max(65_535);
const path = () => line();

const imap = section('A mailbox on an IMAP server that is subscribed to the lists.', {
  host: required(line(), { text: 'Name of the server.', allowed: 'a host name', example: 'imap.example.org' }),
  port: optional(port.nullable(), null, {
    text: 'Port: 993 with `tls`, 143 without, where not given.',
    allowed: '1 to 65535',
    example: '993',
  }),
  tls: optional(z.boolean(), true, { text: 'TLS from the first byte. `false` only on this machine.', allowed: yesNo }),
  user: required(line(), { text: 'Login name.', allowed: 'a login name', example: 'patchloom' }),
  password: required(secret(), {
    text: 'Where the password is.',
    allowed: '{env: NAME} or {file: PATH}',
    example: '{env: IMAP_PASSWORD}',
  }),
  folders: optional(z.array(line()).min(1), ['INBOX'], {
    text: 'Folders that are read.',
    allowed: 'a list of folder names',
    example: '[INBOX, lists/xen-devel]',
  }),
});

function files(what: string, example: string) {
  return section(what, {
    path: required(path(), { text: 'Where it is.', allowed: 'a path', example }),
    poll: optional(duration(), '1m', {
      text: 'How often it is read again.',
      allowed: 'a time such as 30s or 5m',
      example: '5m',
    }),
  });
}

const source = section('One place that mail comes from: a name, and exactly one of the others.', {
  name: optional(line().nullable(), null, {
    text: 'Name in messages and of the stored position; kind and host or path where not given.',
    allowed: 'one line of text',
    example: 'xen-devel',
  }),
  imap: imap.nullable().prefault(null),
  mbox: files('An mbox file that grows.', '/var/mail/patchloom').nullable().prefault(null),
  maildir: files('A Maildir directory.', '/home/patchloom/Maildir').nullable().prefault(null),
  public_inbox: files('A public-inbox git directory (v1, or v2 with its epochs).', '/srv/xen-devel.git')
    .nullable()
    .prefault(null),
});

const smtp = section('The server that takes outgoing mail. Needed by projects in mode `moderate` and `live`.', {
  host: required(line(), { text: 'Name of the server.', allowed: 'a host name', example: 'smtp.example.org' }),
  port: optional(port.nullable(), null, {
    text: 'Port: 465 with `tls`, 587 with `starttls`, 25 with `none`, where not given.',
    allowed: '1 to 65535',
    example: '587',
  }),
  security: optional(z.enum(['tls', 'starttls', 'none']), 'starttls', {
    text: '`tls`: from the first byte. `starttls`: upgrade, required. `none`: only on this machine.',
    allowed: 'tls, starttls, none',
    example: 'tls',
  }),
  user: optional(line().nullable(), null, {
    text: 'Login name; no login where not given.',
    allowed: 'a login name',
    example: 'patchloom',
  }),
  password: optional(secret().nullable(), null, {
    text: 'Where the password is.',
    allowed: '{env: NAME} or {file: PATH}',
    example: '{file: /run/secrets/smtp}',
  }),
  dkim: dkim.nullable().prefault(null),
});

const web = section('Web pages and JSON API. Left out: none.', {
  listen: optional(listen(), '127.0.0.1:8080', {
    text: 'Address and port to listen on.',
    allowed: 'host:port',
    example: '"[::1]:8080"',
  }),
  url: optional(server().nullable(), null, {
    text: 'How readers reach it, for links in mails.',
    allowed: 'an http or https URL',
    example: 'https://patches.example.org',
  }),
  tokens,
  operator: optional(tokenHash().nullable(), null, {
    text: 'Hash of the token with which an operator says yes or no to waiting mails on the page `/moderation`; `patchloom outbox token` makes both. Left out: there is no such page.',
    allowed: 'sha256: and 64 hexadecimal digits',
    example: '"sha256:5e88…"',
  }),
  queries: optional(z.record(line(), line()), SAVED_QUERIES, {
    text: 'Searches that the list of changes offers, by name, in the language of its search field.',
    allowed: 'names, each with a search',
    example: '{"Arm, quiet": "path:xen/arch/arm age:>2w state:complete"}',
  }),
});

const project = section('One project: which mail is its own, where its code is, what is built, what is said.', {
  lists: optional(z.array(address(true)), [], {
    text: 'Addresses of its lists. Empty: mail of any list.',
    allowed: 'a list of mail addresses',
    example: '[xen-devel@lists.xenproject.org]',
  }),
  prefixes: optional(z.array(line()), [], {
    text: 'Words in the subject that name it, as `MINI-OS` in `[MINI-OS PATCH]`. Case does not matter.',
    allowed: 'a list of words',
    example: '[MINI-OS]',
  }),
  fallback: optional(z.boolean(), false, {
    text: 'Takes the patches of its lists that name no other project. One project for each list.',
    allowed: yesNo,
  }),
  shorthand: optional(z.boolean(), false, {
    text: "Tags in shorthand, as `R-b:` or a bare `Ack`, count as their sender's. Otherwise they are shown and do not count.",
    allowed: yesNo,
  }),
  mode: optional(z.enum(['shadow', 'moderate', 'live']), 'shadow', {
    text: '`shadow`: does everything and sends nothing. `moderate`: a mail waits for a yes. `live`: mails are sent.',
    allowed: 'shadow, moderate, live',
    example: 'live',
  }),
  git: git.nullable().prefault(null),
  policy: policy.prefault({}),
  organisations: optional(
    z.record(z.string(), line()),
    {},
    {
      text: 'Names of organisations by the domain of their addresses, or by a whole address, for the notes of a release.',
      allowed: 'names by domain',
      example: '{example.org: Example Ltd}',
    },
  ),
  archive: optional(webPage().nullable(), null, {
    text: 'Where a mail can be read; `{msgid}` becomes its Message-ID. For links to threads.',
    allowed: 'an http or https URL with {msgid}',
    example: 'https://lore.kernel.org/xen-devel/{msgid}/',
  }),
  build: build.prefault({}),
  report: report.prefault({}),
  requests: requests.prefault({}),
  digest: digest.nullable().prefault(null),
});

/** The YAML file. Every field's meaning, standard and example stands here and nowhere else. */
export const fileSchema = section('The whole file.', {
  extends: optional(z.enum(PRESETS).nullable(), null, {
    text: 'Bundled preset to start from. What stands in this file wins; lists are replaced; `null` takes a project of the preset out.',
    allowed: PRESETS.join(', '),
    example: 'xen',
  }),
  data: optional(path(), './patchloom-data', {
    text: 'Directory of everything that patchloom keeps. `--data` and PATCHLOOM_DATA win over it.',
    allowed: 'a path',
    example: '/var/lib/patchloom',
  }),
  database: optional(database().nullable(), null, {
    text: 'PostgreSQL database that keeps the state, for more than one machine; the data directory then holds git repositories and builds only. Left out: an SQLite file in the data directory. A URL with a password comes from a secret.',
    allowed: 'postgres://USER@HOST:PORT/NAME without a password, {env: NAME} or {file: PATH}',
    example: '{env: DATABASE_URL}',
  }),
  log: section('The log, JSON lines on standard error.', {
    level: optional(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']), 'info', {
      text: 'How much is logged.',
      allowed: 'trace, debug, info, warn, error, silent',
      example: 'debug',
    }),
    traces: optional(server().nullable(), null, {
      text: 'Root of an OpenTelemetry receiver (OTLP over HTTP) that is sent one trace a mail, through all stages. Left out: none is.',
      allowed: 'an http or https URL',
      example: 'http://collector.example.org:4318',
    }),
  }).prefault({}),
  bot: section('Who writes the reports and commits the mirror.', {
    name: optional(line(), 'patchloom', { text: 'Name.', allowed: 'one line of text', example: 'Xen patch bot' }),
    email: required(address(), {
      text: 'Address. Somebody should read its mail: it is how people reach you.',
      allowed: 'a mail address',
      example: 'patchloom@example.org',
    }),
    operator: optional(address().nullable(), null, {
      text: 'Address of a person who is told, at most once a day, that mails were kept back by a cap, and of mails that came back.',
      allowed: 'a mail address',
      example: 'postmaster@example.org',
    }),
    authserv: optional(line().nullable(), null, {
      text: 'Name of your own mail server in the Authentication-Results headers that it writes. Its word on DKIM makes requests by mail believed, beside what `evidence` finds out.',
      allowed: 'the name as it stands in the header',
      example: 'mx.example.org',
    }),
  }),
  sources: optional(z.array(source), [], { text: 'Where mail comes from.', allowed: 'a list of sources' }),
  smtp: smtp.nullable().prefault(null),
  web: web.nullable().prefault(null),
  evidence: section('What is kept about a mail at its receipt, because it cannot be found out later.', {
    dkim: optional(z.boolean(), true, {
      text: 'Ask the DNS for the keys of DKIM signatures as mail arrives. The verdict is shown with each tag; a missing one holds nothing up.',
      allowed: yesNo,
    }),
    keys: optional(path().nullable(), null, {
      text: 'Directory of the public keys of developers who sign their mail with patatt, in its layout (`ed25519/DOMAIN/NAME/SELECTOR`).',
      allowed: 'a path',
      example: '/etc/patchloom/keys',
    }),
  }).prefault({}),
  github: github.nullable().prefault(null),
  gitlab: gitlab.nullable().prefault(null),
  webhooks,
  limits: section('What is too large or too old.', {
    message_bytes: optional(size(1), '25MB', {
      text: 'A larger mail is kept as a notice of itself only.',
      allowed: 'a size such as 25MB',
      example: '50MB',
    }),
    list_delay: optional(duration(), '15m', {
      text: 'How long a list may take to hand a mail on. A mail whose answer was lost on the way is sent again only once the mail of the list has been read for so long without it.',
      allowed: 'a time such as 15m',
      example: '1h',
    }),
    act_within_days: optional(z.int().min(1), 14, {
      text: 'Series posted longer ago are shown, but neither mirrored, built nor answered by themselves.',
      allowed: 'a whole number of days from 1',
      example: '30',
    }),
    silence: optional(duration(), '1d', {
      text: 'A source that brings ten mails a day or more and then none for so long is told as unhealthy.',
      allowed: 'a time such as 12h or 2d',
      example: '36h',
    }),
    backlog: optional(z.int().min(1), 10_000, {
      text: 'Jobs that may wait for the workers, build-tests not counted; with more, mail is left in its mailbox until they have caught up.',
      allowed: 'a whole number from 1',
      example: '1000',
    }),
    mails_per_hour: mailsPerHour.prefault({}),
    builds: optional(z.int().min(1).max(256).nullable(), null, {
      text: 'Build-tests at the same time on this machine; half its cores where not given.',
      allowed: '1 to 256',
      example: '2',
    }),
    logs_for: optional(duration(), '90d', {
      text: 'Logs and artifacts of builds are removed so long after they were written. Checks stay, with their excerpts.',
      allowed: 'a time such as 90d',
      example: '365d',
    }),
    logs_size: optional(size(1), '10GiB', {
      text: 'Disk that they may take together; of what is too much the oldest is removed.',
      allowed: 'a size such as 10GiB',
      example: '50GiB',
    }),
  }).prefault({}),
  projects: required(z.record(z.string(), project), { text: 'The projects, by name.', allowed: 'projects by name' }),
});

/** The file as read: standards filled in, units converted, references not yet followed. */
export type ConfigFile = z.output<typeof fileSchema>;
