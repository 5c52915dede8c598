import type { BuildConfig, GithubConfig, GitlabConfig } from './config-build.ts';

export type { BuildConfig, GithubConfig, GitlabConfig, JobConfig, MaskConfig, RunnerConfig } from './config-build.ts';

/** A value that stands in the environment or in a file, never in the config itself. */
export type Secret = { readonly env: string } | { readonly file: string };

export interface ImapSource {
  readonly kind: 'imap';
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly user: string;
  readonly password: string;
  readonly folders: readonly string[];
}

/** mbox, Maildir or public-inbox directory that is read again every `poll` seconds. */
export interface FileSource {
  readonly kind: 'mbox' | 'maildir' | 'public-inbox';
  readonly name: string;
  readonly path: string;
  readonly poll: number;
}

export interface SmtpConfig {
  readonly host: string;
  readonly port: number;
  /** tls: from the first byte; starttls: required upgrade; none: loopback only. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user: string | null;
  readonly password: string | null;
  /** Signs outgoing mail; null: the server does, or nobody. `key` is PEM. */
  readonly dkim: { readonly domain: string; readonly selector: string; readonly key: string } | null;
}

/** What a patch needs before it can be committed. `src/review/policy.ts` explains the rules. */
export interface PolicyConfig {
  readonly maintainers: 'none' | 'any' | 'specific';
  readonly approvalByOther: boolean;
  readonly signOff: boolean;
  readonly objections: boolean;
  /** Seconds. */
  readonly minimumTime: number;
  readonly tree: 'open' | 'frozen' | 'moratorium';
  /** Empty: none is needed. */
  readonly releaseAck: string;
  /** Lower case. */
  readonly releaseManagers: readonly string[];
  readonly checks: readonly string[];
  /** Lower case. */
  readonly aliases: readonly (readonly string[])[];
}

export interface ProjectConfig {
  readonly name: string;
  /** Lists that it reads, as addresses, lower case. */
  readonly lists: readonly string[];
  /** Subject words that route to it, upper case. */
  readonly prefixes: readonly string[];
  readonly fallback: boolean;
  /** Groups of addresses that are one person's, lower case. */
  readonly aliases: readonly (readonly string[])[];
  /** Tags in shorthand ("R-b:") count. */
  readonly shorthand: boolean;
  readonly mode: 'shadow' | 'moderate' | 'live';
  readonly git: {
    readonly upstream: string;
    /** Remotes that branches are pushed to; empty: they stay here. */
    readonly publish: readonly string[];
    readonly branch: string;
    readonly targetBranch: string | null;
    /** Branches in which committed patches are looked for, as names or globs; never empty. */
    readonly watch: readonly string[];
    /** Secret of those who may say that upstream has moved; null: nobody. */
    readonly hook: string | null;
    /** Web page of a ref, `{ref}` replaced, or null. */
    readonly browse: string | null;
    /** Seconds after which branches that nobody needs are taken off the remotes; null: never. */
    readonly expire: number | null;
    /** Project whose repository lends its objects, or null. */
    readonly borrow: string | null;
    /** Absolute path of the SSH key that signs commits; null: unsigned. */
    readonly sign: string | null;
    /** Bytes that the repository and its bundles may take; null: any number. */
    readonly disk: number | null;
    /** Folders taken off the file names of diffs. */
    readonly strip: number;
    /** What each commit message ends with; in the URL of a link `{msgid}` is replaced. */
    readonly trailer: { readonly kind: 'none' | 'message-id' } | { readonly kind: 'link'; readonly url: string };
  } | null;
  readonly policy: PolicyConfig;
  /** Names of organisations by domain or address, lower case. */
  readonly organisations: Readonly<Record<string, string>>;
  /** Web page of a mail, `{msgid}` replaced, or null. */
  readonly archive: string | null;
  readonly build: BuildConfig;
  readonly report: {
    /** Also post where everything passes. */
    readonly success: boolean;
    /** Also post that all patches have arrived. */
    readonly received: boolean;
    /** Also post where the branch has moved so that an applied series does not fit any more. */
    readonly stale: boolean;
    /** Also post where patches are still missing a day later. */
    readonly held: boolean;
    /** Post to the list, or only to the author. */
    readonly to: 'list' | 'author';
    /** Who else gets reports, by rule; see config/schema-speaking.ts. */
    readonly extra: readonly {
      readonly paths: readonly string[];
      readonly on: readonly ('conflict' | 'build-failed' | 'held' | 'success')[];
      readonly to: readonly string[];
      readonly maintainers: boolean;
    }[];
    /** Directory of mail templates that stand in the place of ours, absolute, or null. */
    readonly templates: string | null;
  };
  readonly requests: RequestsConfig;
  /** Null: none. */
  readonly digest: DigestConfig | null;
}

/** The check-in queue by mail. */
export interface DigestConfig {
  /** Addresses; empty: the first list of the project. */
  readonly to: readonly string[];
  readonly every: 'day' | 'week';
  /** Hour of the day, UTC; of Monday where it is weekly. */
  readonly hour: number;
  /** Seconds: series that were posted longer ago are left out. */
  readonly within: number;
}

/** Who may ask for something by mail. */
export type Role = 'author' | 'maintainer' | 'committer';

/** Words after `@patchloom`. */
export type RequestWord = 'test' | 'retest' | 'base' | 'hold' | 'resume' | 'ignore' | 'opt-out' | 'status' | 'ready';

/** Who is who in a project, and who may ask for what. */
export interface RequestsConfig {
  /** Addresses, lower case. */
  readonly maintainers: readonly string[];
  readonly committers: readonly string[];
  /** Roles that may ask for each; an author only about his own series. */
  readonly allow: Readonly<Record<RequestWord, readonly Role[]>>;
}

/** Somebody who may write through the APIs. */
export interface TokenConfig {
  readonly name: string;
  /** Lower case. */
  readonly email: string;
  /** `sha256:…` of the token. */
  readonly hash: string;
  readonly may: readonly ('checks' | 'states' | 'delegate' | 'bundles')[];
  /** Empty: all. */
  readonly projects: readonly string[];
}

/** The whole configuration: complete, checked and frozen; nobody else fills in defaults. */
/** A program that is told what happens. Empty lists stand for all. */
export interface WebhookConfig {
  readonly name: string;
  readonly url: string;
  readonly secret: string;
  readonly projects: readonly string[];
  readonly events: readonly string[];
}

export interface Config {
  /** File that it came from, for messages. */
  readonly file: string;
  /** Data directory, absolute. */
  readonly data: string;
  /** URL of the PostgreSQL database, with its password: never shown. Null: SQLite in the data directory. */
  readonly database: string | null;
  readonly log: {
    readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
    /** Root of an OTLP receiver, or null. */
    readonly traces: string | null;
  };
  /** Who writes the reports and commits the mirror. */
  readonly bot: {
    readonly name: string;
    readonly email: string;
    /** Gets summaries of what was kept back and what came back; null: they are only shown. */
    readonly operator: string | null;
    /** Our own mail server's name in Authentication-Results (RFC 8601), whose word on DKIM is believed; null: nobody's is. */
    readonly authserv: string | null;
  };
  readonly sources: readonly (ImapSource | FileSource)[];
  readonly smtp: SmtpConfig | null;
  readonly web: {
    readonly host: string;
    readonly port: number;
    /** How readers reach it, without a slash at the end. */
    readonly url: string | null;
    readonly tokens: readonly TokenConfig[];
    /** `sha256:…` of the operator's token; null: nobody moderates on the pages. */
    readonly operator: string | null;
    /** Searches that the list of changes offers. */
    readonly queries: readonly { readonly name: string; readonly query: string }[];
  } | null;
  readonly github: GithubConfig | null;
  readonly gitlab: GitlabConfig | null;
  readonly evidence: {
    readonly dkim: boolean;
    /** Absolute path of the keyring of developers. */
    readonly keys: string | null;
  };
  readonly limits: {
    /** A larger mail is stored as a notice of itself only. */
    readonly messageBytes: number;
    /** Series posted longer ago are shown, but neither mirrored, built nor answered by themselves. Days. */
    readonly actWithinDays: number;
    /** A busy source without mail for longer is unhealthy. Seconds. */
    readonly silence: number;
    /** Jobs that may wait for the workers, build-tests not counted; with more, the intake waits. */
    readonly backlog: number;
    /** How long a list may take to hand a mail on, seconds. */
    readonly listDelay: number;
    /** Most mails an hour; what is above waits. */
    readonly mailsPerHour: {
      readonly total: number;
      readonly list: number;
      readonly author: number;
      readonly series: number;
    };
    /** Build-tests at the same time on this machine; null: half its cores. */
    readonly builds: number | null;
    /** Seconds that logs and artifacts of builds are kept. */
    readonly logsFor: number;
    /** Bytes that they may take together. */
    readonly logsSize: number;
  };
  readonly webhooks: readonly WebhookConfig[];
  readonly projects: readonly ProjectConfig[];
}
