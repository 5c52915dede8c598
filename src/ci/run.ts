/** Patchwork's words. */
export type CheckState = 'pending' | 'success' | 'warning' | 'fail';

/** One named result of one run for a patch, or for the series where `patch` is null. */
export interface Check {
  /** Job name, e.g. `build`. */
  readonly context: string;
  readonly state: CheckState;
  readonly url: string | null;
  /** Message-ID of the patch, or null. */
  readonly patch: string | null;
  readonly commit: string;
  readonly tree: string;
  /** One line: `exit 2 after 3.1 s`. */
  readonly summary: string;
  /** The lines a reader wants first: the first error with some lines around it. */
  readonly excerpt: string;
  /** Path of the whole log below the data directory, or null. */
  readonly log: string | null;
  readonly seconds: number;
}

/** A build-test command of the project's configuration. */
export interface Job {
  readonly name: string;
  /** Run by `sh -e -c` in the checked-out tree. */
  readonly run: string;
  /** Only for series that touch one of these globs; empty = always. */
  readonly paths: readonly string[];
  /** Wall clock, seconds. */
  readonly timeout: number;
}

/** Limits of one run in the sandbox. */
export interface SandboxLimits {
  readonly memoryMiB: number;
  readonly processes: number;
  readonly diskMiB: number;
  /** Bytes of output kept: the first half and the last half; the cut between is said. */
  readonly logBytes: number;
}

/** Where a command runs. `none` is for code that the operator trusts: of its limits only disk, memory and log are watched. */
export type Sandbox =
  | { readonly kind: 'bubblewrap'; readonly readable: readonly string[]; readonly limits: SandboxLimits }
  | { readonly kind: 'none'; readonly limits: SandboxLimits };

/** What happened when one command ran. */
export interface RunOutcome {
  readonly exit: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** Set where it was ended for breaking a limit: `used more than 2048 MiB of disk`. */
  readonly stopped: string | null;
  readonly seconds: number;
  readonly output: string;
  readonly truncated: boolean;
  /** Set where the machine and not the patch is to blame; such an outcome never becomes a check. */
  readonly infrastructure: string | null;
}

/** What the checks of a series say together. */
export interface Verdict {
  readonly state: 'success' | 'warning' | 'fail' | 'infrastructure';
  /** Lowest patch number that fails, or null. */
  readonly firstFailing: number | null;
  readonly failing: readonly Check[];
  /** True where the last patch passes though an earlier one fails: the series cannot be bisected. */
  readonly tipPasses: boolean;
}
