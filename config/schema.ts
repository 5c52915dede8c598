import { z } from 'zod';
import { optional, required, section } from './field.ts';
import { git } from './schema-git.ts';
import { policy } from './schema-policy.ts';
import { address, duration, line, listen, secret, size } from './values.ts';

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
});

const web = section('Web pages and JSON API. Left out: none.', {
  listen: optional(listen(), '127.0.0.1:8080', {
    text: 'Address and port to listen on.',
    allowed: 'host:port',
    example: '"[::1]:8080"',
  }),
  url: optional(z.httpUrl().nullable(), null, {
    text: 'How readers reach it, for links in mails.',
    allowed: 'an http or https URL',
    example: 'https://patches.example.org',
  }),
});

const job = section('One build-test.', {
  name: required(line(), {
    text: 'Name of its check.',
    allowed: 'small letters, digits, ".", "_" and "-"',
    example: 'hypervisor-x86',
  }),
  run: required(z.string().min(1), {
    text: 'Script for `sh -e -c`, run in the checked-out tree.',
    allowed: 'a shell script',
    example: 'make -C xen -j"$(nproc)"',
  }),
  paths: optional(z.array(line()), [], {
    text: 'Run only for series that touch a file matching one of these globs; always where empty.',
    allowed: 'a list of globs',
    example: '["xen/**"]',
  }),
  timeout: optional(duration(), '30m', {
    text: 'Wall clock for one run.',
    allowed: 'a time such as 30m',
    example: '1h',
  }),
});

const gate = z.union([z.enum(['always', 'on-request']), z.strictObject({ tags: z.int().min(1).max(99) })]);

const build = section('What is built, and how much it may use.', {
  sandbox: optional(z.enum(['bubblewrap', 'none']), 'bubblewrap', {
    text: '`bubblewrap`: without network and without the files of this machine; refuses to build where it is missing. `none`: runs mailed code with your rights: only where you trust every sender.',
    allowed: 'bubblewrap, none',
  }),
  gate: optional(gate, 'on-request', {
    text: 'When a complete series that applies is built by itself. `{tags: N}`: once N tags count on it. A request always builds.',
    allowed: 'always, on-request, or {tags: N}',
    example: '{tags: 1}',
  }),
  jobs: optional(z.array(job), [], { text: 'The build-tests. Needs `git`.', allowed: 'a list of jobs' }),
  readable: optional(z.array(path()), [], {
    text: 'Paths of this machine that a build may read besides /usr, /bin, /lib* and /etc/alternatives.',
    allowed: 'a list of paths',
    example: '[/opt/toolchain]',
  }),
  memory_mib: optional(size(2 ** 20), 4096, {
    text: 'Memory of one run, in MiB.',
    allowed: 'a number of MiB, or a size such as 4GiB',
    example: '8GiB',
  }),
  processes: optional(z.int().min(8), 512, {
    text: 'Processes of one run at a time.',
    allowed: 'a whole number from 8',
    example: '1024',
  }),
  disk_mib: optional(size(2 ** 20), 8192, {
    text: 'Disk that one run may fill, in MiB.',
    allowed: 'a number of MiB, or a size such as 8GiB',
    example: '16GiB',
  }),
  log_bytes: optional(size(1), '1MiB', {
    text: 'Output kept of one run; what comes after is cut and said so.',
    allowed: 'a size such as 1MiB',
    example: '4MiB',
  }),
});

const report = section('What is said, and to whom.', {
  success: optional(z.boolean(), false, { text: 'Also post where everything passes.', allowed: yesNo }),
  to: optional(z.enum(['list', 'author']), 'list', {
    text: '`list`: to the author, with the list in copy. `author`: to the author alone.',
    allowed: 'list, author',
    example: 'author',
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
  archive: optional(z.httpUrl().nullable(), null, {
    text: 'Where a mail can be read; `{msgid}` becomes its Message-ID. For links to threads.',
    allowed: 'an http or https URL with {msgid}',
    example: 'https://lore.kernel.org/xen-devel/{msgid}/',
  }),
  build: build.prefault({}),
  report: report.prefault({}),
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
  log: section('The log, JSON lines on standard error.', {
    level: optional(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']), 'info', {
      text: 'How much is logged.',
      allowed: 'trace, debug, info, warn, error, silent',
      example: 'debug',
    }),
  }).prefault({}),
  bot: section('Who writes the reports and commits the mirror.', {
    name: optional(line(), 'patchloom', { text: 'Name.', allowed: 'one line of text', example: 'Xen patch bot' }),
    email: required(address(), {
      text: 'Address. Somebody should read its mail: it is how people reach you.',
      allowed: 'a mail address',
      example: 'patchloom@example.org',
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
  }).prefault({}),
  limits: section('What is too large or too old.', {
    message_bytes: optional(size(1), '25MB', {
      text: 'A larger mail is kept as a notice of itself only.',
      allowed: 'a size such as 25MB',
      example: '50MB',
    }),
    act_within_days: optional(z.int().min(1), 14, {
      text: 'Series posted longer ago are shown, but neither mirrored, built nor answered by themselves.',
      allowed: 'a whole number of days from 1',
      example: '30',
    }),
  }).prefault({}),
  projects: required(z.record(z.string(), project), { text: 'The projects, by name.', allowed: 'projects by name' }),
});

/** The file as read: standards filled in, units converted, references not yet followed. */
export type ConfigFile = z.output<typeof fileSchema>;
