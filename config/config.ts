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
}

export interface JobConfig {
  readonly name: string;
  readonly run: string;
  readonly paths: readonly string[];
  /** Seconds. */
  readonly timeout: number;
  /** On every patch, not only on the whole series. */
  readonly each?: boolean;
  readonly retries?: number;
  readonly junit?: string | null;
  readonly artifacts?: readonly string[];
}

/** A failure that the project knows of. */
export interface MaskConfig {
  readonly job: string;
  readonly test: string | null;
  readonly as: 'flaky' | 'broken';
  readonly why: string;
}

/** Where the build-tests run. */
export type RunnerConfig =
  | { readonly kind: 'local' }
  | {
      readonly kind: 'github';
      /** `owner/name`. */
      readonly repository: string;
      /** Repository that commits to be built are pushed to. */
      readonly push: string;
      /** File name of a workflow that is dispatched; null: the push starts what it starts. */
      readonly workflow: string | null;
      readonly each: boolean;
    }
  | {
      readonly kind: 'gitlab';
      /** `group/project`. */
      readonly project: string;
      readonly push: string;
      /** Sent as `ci.variable`; `{jobs}` becomes the planned jobs as a regular expression, `{base}` and `{tip}` the commits. */
      readonly variables: Readonly<Record<string, string>>;
      readonly each: boolean;
    };

/** The GitHub App that the bot is. */
export interface GithubConfig {
  /** API root: `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise server. */
  readonly api: string;
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
}

export interface GitlabConfig {
  /** `https://gitlab.com`. */
  readonly url: string;
  readonly token: string;
  readonly webhookSecret: string;
}

export interface BuildConfig {
  /** bubblewrap: refuse without it; none: the operator says in words that he trusts the code. */
  readonly sandbox: 'bubblewrap' | 'none';
  readonly runner: RunnerConfig;
  /** When a run starts by itself: every complete series that applies, only on request, or when one of these holds. */
  readonly gate:
    | 'always'
    | 'on-request'
    | {
        readonly tags?: number | undefined;
        readonly authors?: readonly string[] | undefined;
        readonly paths?: readonly string[] | undefined;
        /** Seconds. */
        readonly pipeline?: number | undefined;
      };
  /** Most runs in 24 hours that nobody asked for. */
  readonly quota: { readonly author: number | null; readonly project: number | null };
  /** Files that steer the CI itself: a series that touches one is held. */
  readonly steering: readonly string[];
  readonly masks: readonly MaskConfig[];
  readonly jobs: readonly JobConfig[];
  /** Host paths that the sandbox may read besides /usr, /bin, /lib*, /etc/alternatives. */
  readonly readable: readonly string[];
  readonly memoryMiB: number;
  readonly processes: number;
  readonly diskMiB: number;
  readonly logBytes: number;
}

export interface ProjectConfig {
  readonly name: string;
  /** Lists that it reads, as addresses, lower case. */
  readonly lists: readonly string[];
  /** Subject words that route to it, upper case. */
  readonly prefixes: readonly string[];
  readonly fallback: boolean;
  readonly mode: 'shadow' | 'moderate' | 'live';
  readonly git: {
    readonly upstream: string;
    readonly publish: string | null;
    readonly branch: string;
    readonly targetBranch: string | null;
    /** Web page of a ref, `{ref}` replaced, or null. */
    readonly browse: string | null;
  } | null;
  readonly build: BuildConfig;
  readonly report: {
    /** Also post where everything passes. */
    readonly success: boolean;
    /** Post to the list, or only to the author. */
    readonly to: 'list' | 'author';
  };
}

/** The whole configuration: complete, checked and frozen; nobody else fills in defaults. */
export interface Config {
  /** File that it came from, for messages. */
  readonly file: string;
  /** Data directory, absolute. */
  readonly data: string;
  readonly log: { readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent' };
  /** Who writes the reports and commits the mirror. */
  readonly bot: { readonly name: string; readonly email: string };
  readonly sources: readonly (ImapSource | FileSource)[];
  readonly smtp: SmtpConfig | null;
  readonly web: {
    readonly host: string;
    readonly port: number;
    readonly url: string | null;
    readonly checksToken: string | null;
  } | null;
  readonly github: GithubConfig | null;
  readonly gitlab: GitlabConfig | null;
  readonly limits: {
    /** A larger mail is stored as a notice of itself only. */
    readonly messageBytes: number;
    /** Series posted longer ago are shown, but neither mirrored, built nor answered by themselves. Days. */
    readonly actWithinDays: number;
    /** Build-tests at the same time on this machine; null: half its cores. */
    readonly builds: number | null;
  };
  readonly projects: readonly ProjectConfig[];
}
