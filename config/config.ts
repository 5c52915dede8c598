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
}

export interface BuildConfig {
  /** bubblewrap: refuse without it; none: the operator says in words that he trusts the code. */
  readonly sandbox: 'bubblewrap' | 'none';
  /** When a run starts by itself: every complete series that applies, only on request, or after so many counting tags. */
  readonly gate: 'always' | 'on-request' | { readonly tags: number };
  readonly jobs: readonly JobConfig[];
  /** Host paths that the sandbox may read besides /usr, /bin, /lib*, /etc/alternatives. */
  readonly readable: readonly string[];
  readonly memoryMiB: number;
  readonly processes: number;
  readonly diskMiB: number;
  readonly logBytes: number;
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
    /** Web page of a ref, `{ref}` replaced, or null. */
    readonly browse: string | null;
    /** Seconds after which branches that nobody needs are taken off the remotes; null: never. */
    readonly expire: number | null;
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
  readonly web: { readonly host: string; readonly port: number; readonly url: string | null } | null;
  readonly evidence: { readonly dkim: boolean };
  readonly limits: {
    /** A larger mail is stored as a notice of itself only. */
    readonly messageBytes: number;
    /** Series posted longer ago are shown, but neither mirrored, built nor answered by themselves. Days. */
    readonly actWithinDays: number;
  };
  readonly projects: readonly ProjectConfig[];
}
