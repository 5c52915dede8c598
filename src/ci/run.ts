import type { Groups } from './group.ts';

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
  /** What the state means for the series; left out where it says all: a plain pass, or a check that nobody has judged. */
  readonly judged?: Judged;
  /** What the output says, by file and line; left out where it says nothing. */
  readonly findings?: readonly Finding[];
  /** Files that the job left behind: paths below the data directory, or URLs. */
  readonly artifacts?: readonly string[];
  /** Name of the token by which another CI has posted it; left out of our own. */
  readonly by?: string;
}

/**
 * regression: passes on the base, fails here; already-broken: fails on the base too; fixed: fails on the base, passes here; flaky: failed and
 * passed on the same tree; known-broken, known-flaky: the project says so of the job or test.
 */
export type Judgement = 'regression' | 'already-broken' | 'fixed' | 'flaky' | 'known-broken' | 'known-flaky';

export interface Judged {
  readonly as: Judgement;
  /** How the job itself ended. A result that is used again for another series is judged anew from it. */
  readonly ran: CheckState;
  /** The summary before it was judged. */
  readonly summary: string;
}

/** One thing that a compiler or a test says. */
export interface Finding {
  readonly kind: 'error' | 'warning' | 'test';
  /** Path in the tree; empty where none is told. */
  readonly file: string;
  /** From 1; 0 where none is told. */
  readonly line: number;
  /** One line: what the compiler says, or a test's name and message. */
  readonly text: string;
  /** Name of the test, where it is one. */
  readonly test?: string;
  /** Message-ID of the first patch that has it; null where the base has it too or it is not known. */
  readonly since?: string | null;
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
  /** Runs on every patch, not only on the whole series; true where left out. */
  readonly each?: boolean;
  /** How often a failure is tried again, each time from an empty directory; 1 where left out. */
  readonly retries?: number;
  /** JUnit XML that it writes, below the build directory; left out or null: none. */
  readonly junit?: string | null;
  /** Files below the build directory that are kept with the log. */
  readonly artifacts?: readonly string[];
}

/** What a project knows of its own tests: such a failure is shown, and nobody is blamed for it. */
export interface Mask {
  readonly job: string;
  /** Name of a test, `*` and `?` as in a glob; null: the whole job. */
  readonly test: string | null;
  readonly as: 'flaky' | 'broken';
  /** For readers: where it is tracked. */
  readonly why: string;
}

/** Limits of one run in the sandbox. */
export interface SandboxLimits {
  readonly memoryMiB: number;
  readonly processes: number;
  /** Processors at a time; null or left out: all. Holds only where control groups do. */
  readonly cpus?: number | null;
  readonly diskMiB: number;
  /** Bytes of output kept: the first half and the last half; the cut between is said. */
  readonly logBytes: number;
}

/**
 * Where a command runs. `none` is for code that the operator trusts: of its limits only disk, memory and log are watched. With `groups` the kernel
 * holds memory, processes and processors of a command as a whole.
 */
export type Sandbox =
  | {
      readonly kind: 'bubblewrap';
      readonly readable: readonly string[];
      readonly limits: SandboxLimits;
      readonly groups?: Groups;
    }
  | { readonly kind: 'none'; readonly limits: SandboxLimits; readonly groups?: Groups };

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
