import { resolve } from 'node:path';
import { PatchloomError } from '../src/util/errors.ts';
import type {
  Config,
  FileSource,
  GithubConfig,
  GitlabConfig,
  ImapSource,
  ProjectConfig,
  RunnerConfig,
  SmtpConfig,
} from './config.ts';
import type { ConfigFile } from './schema.ts';
import type { Secrets } from './secrets.ts';
import { PLACES, sourceName } from './source-name.ts';
import { isDatabaseUrl, isPath } from './values.ts';

/** What the file does not know of itself. */
export interface Surroundings {
  readonly file: string;
  /** Where relative paths start. */
  readonly directory: string;
  /** Data directory, absolute. */
  readonly data: string;
  readonly secrets: Secrets;
}

type SourceFile = ConfigFile['sources'][number];
type ProjectFile = ConfigFile['projects'][string];

/** The checked file in the shape that the program uses: paths absolute, secrets read, ports chosen. */
export function completeConfig(file: ConfigFile, around: Surroundings): Config {
  return {
    file: around.file,
    data: around.data,
    database: file.database === null ? null : completeDatabase(file.database, around),
    log: file.log,
    bot: file.bot,
    sources: file.sources.map((source, index) => completeSource(source, `sources[${index}]`, around)),
    smtp: file.smtp === null ? null : completeSmtp(file.smtp, around),
    web: file.web === null ? null : completeWeb(file.web),
    github: file.github === null ? null : completeGithub(file.github, around),
    gitlab: file.gitlab === null ? null : completeGitlab(file.gitlab, around),
    webhooks: file.webhooks.map((hook, index) => ({
      ...hook,
      secret: around.secrets.read(hook.secret, `webhooks[${index}].secret`),
    })),
    evidence: {
      dkim: file.evidence.dkim,
      keys: file.evidence.keys === null ? null : absolute(file.evidence.keys, around),
    },
    limits: {
      messageBytes: file.limits.message_bytes,
      actWithinDays: file.limits.act_within_days,
      silence: file.limits.silence,
      backlog: file.limits.backlog,
      listDelay: file.limits.list_delay,
      mailsPerHour: file.limits.mails_per_hour,
      builds: file.limits.builds,
      logsFor: file.limits.logs_for,
      logsSize: file.limits.logs_size,
    },
    projects: Object.entries(file.projects).map(([name, project]) => completeProject(name, project, around)),
  };
}

/** @throws PatchloomError CONFIG_INVALID where a secret is no URL; its text is not repeated */
function completeDatabase(database: NonNullable<ConfigFile['database']>, around: Surroundings): string {
  if (typeof database === 'string') return database;
  const url = around.secrets.read(database, 'database');
  if (url === '' || isDatabaseUrl(url)) return url;
  throw new PatchloomError('CONFIG_INVALID', `${around.file}: database: the secret is no postgres://… URL`);
}

/** A path of the file: `{data}/` at its start is the data directory, all else starts at the file. */
function absolute(path: string, around: Surroundings): string {
  if (path === '{data}' || path.startsWith('{data}/')) return resolve(around.data, `.${path.slice('{data}'.length)}`);
  return resolve(around.directory, path);
}

function completeSource(source: SourceFile, where: string, around: Surroundings): ImapSource | FileSource {
  const name = sourceName(source);
  if (source.imap !== null) {
    const { host, port, tls, user, folders } = source.imap;
    const password = around.secrets.read(source.imap.password, `${where}.imap.password`);
    return { kind: 'imap', name, host, port: port ?? (tls ? 993 : 143), tls, user, password, folders };
  }
  for (const key of PLACES) {
    const place = source[key];
    const kind = key === 'public_inbox' ? 'public-inbox' : key;
    if (place !== null) return { kind, name, path: absolute(place.path, around), poll: place.poll };
  }
  // config/rules.ts has refused such a source.
  throw new PatchloomError('INTERNAL', `${where} names no place`);
}

const SMTP_PORTS = { tls: 465, starttls: 587, none: 25 } as const;

function completeSmtp(smtp: NonNullable<ConfigFile['smtp']>, around: Surroundings): SmtpConfig {
  const password = smtp.password === null ? null : around.secrets.read(smtp.password, 'smtp.password');
  const { dkim } = smtp;
  return {
    host: smtp.host,
    port: smtp.port ?? SMTP_PORTS[smtp.security],
    security: smtp.security,
    user: smtp.user,
    password,
    dkim: dkim === null ? null : { ...dkim, key: around.secrets.read(dkim.key, 'smtp.dkim.key') },
  };
}

function completeWeb({ listen, queries, url, ...web }: NonNullable<ConfigFile['web']>): Config['web'] {
  const root = url?.replace(/\/+$/, '') ?? null;
  return { ...listen, ...web, url: root, queries: Object.entries(queries).map(([name, query]) => ({ name, query })) };
}

function completeGithub(github: NonNullable<ConfigFile['github']>, around: Surroundings): GithubConfig {
  const read = (key: 'private_key' | 'webhook_secret') => around.secrets.read(github[key], `github.${key}`);
  return {
    api: github.api.replace(/\/+$/, ''),
    appId: github.app_id,
    privateKey: read('private_key'),
    webhookSecret: read('webhook_secret'),
  };
}

function completeGitlab(gitlab: NonNullable<ConfigFile['gitlab']>, around: Surroundings): GitlabConfig {
  const read = (key: 'token' | 'webhook_secret') => around.secrets.read(gitlab[key], `gitlab.${key}`);
  return { url: gitlab.url.replace(/\/+$/, ''), token: read('token'), webhookSecret: read('webhook_secret') };
}

function completeRunner(runner: ProjectFile['build']['runner'], repository: (value: string) => string): RunnerConfig {
  if (runner === 'local') return { kind: 'local' };
  if ('github' in runner) return { kind: 'github', ...runner.github, push: repository(runner.github.push) };
  return { kind: 'gitlab', ...runner.gitlab, push: repository(runner.gitlab.push) };
}

function completeProject(name: string, project: ProjectFile, around: Surroundings): ProjectConfig {
  const { git, policy, build, report, requests, digest } = project;
  const repository = (value: string) => (isPath(value) ? absolute(value, around) : value);
  return {
    name,
    lists: project.lists,
    prefixes: project.prefixes.map((word) => word.toUpperCase()),
    fallback: project.fallback,
    aliases: policy.aliases,
    shorthand: project.shorthand,
    mode: project.mode,
    git:
      git === null
        ? null
        : {
            upstream: repository(git.upstream),
            publish: [git.publish ?? []].flat().map(repository),
            branch: git.branch,
            targetBranch: git.target_branch,
            watch: git.watch.length === 0 ? [git.branch] : git.watch,
            hook: git.hook === null ? null : around.secrets.read(git.hook, `projects.${name}.git.hook`),
            browse: git.browse,
            borrow: git.borrow,
            sign: git.sign === null ? null : absolute(git.sign, around),
            disk: git.disk,
            expire: git.expire,
            strip: git.strip,
            trailer:
              git.trailer === 'link' ? { kind: 'link', url: git.link ?? project.archive ?? '' } : { kind: git.trailer },
          },
    policy: {
      maintainers: policy.maintainers,
      approvalByOther: policy.approval_by_other,
      signOff: policy.sign_off,
      objections: policy.objections,
      minimumTime: policy.minimum_time ?? 0,
      tree: policy.tree,
      releaseAck: policy.release_ack ?? '',
      releaseManagers: policy.release_managers,
      checks: policy.checks,
      aliases: policy.aliases,
    },
    organisations: Object.fromEntries(
      Object.entries(project.organisations).map(([domain, name]) => [domain.toLowerCase(), name]),
    ),
    archive: project.archive,
    build: {
      sandbox: build.sandbox,
      runner: completeRunner(build.runner, repository),
      gate: build.gate,
      quota: build.quota,
      steering: build.steering,
      masks: build.masks,
      jobs: build.jobs,
      readable: build.readable.map((path) => absolute(path, around)),
      memoryMiB: build.memory_mib,
      processes: build.processes,
      cpus: build.cpus,
      diskMiB: build.disk_mib,
      incremental: build.incremental,
      cache: build.cache,
      artifactBytes: build.artifact_bytes,
      logBytes: build.log_bytes,
    },
    report: { ...report, templates: report.templates === null ? null : absolute(report.templates, around) },
    requests,
    digest,
  };
}
