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
      /** Seconds after which pushed branches are removed; null: never. */
      readonly expire: number | null;
    }
  | {
      readonly kind: 'gitlab';
      /** `group/project`. */
      readonly project: string;
      readonly push: string;
      /** Sent as `ci.variable`; `{jobs}` becomes the planned jobs as a regular expression, `{base}` and `{tip}` the commits. */
      readonly variables: Readonly<Record<string, string>>;
      readonly each: boolean;
      readonly expire: number | null;
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
  /** Null: all. */
  readonly cpus: number | null;
  readonly diskMiB: number;
  /** Each patch in the directory of the one before. */
  readonly incremental: boolean;
  /** Bytes kept of the artifacts of one check. */
  readonly artifactBytes: number;
  /** Bytes of the compiler cache; null: none. */
  readonly cache: number | null;
  readonly logBytes: number;
}
