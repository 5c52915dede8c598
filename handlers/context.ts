import type { Config, ProjectConfig } from '../config/config.ts';
import type { Reader } from './read-mail.ts';
import type { Templates } from '../src/report/template.ts';
import type { OwnPipeline } from '../src/ci/gate.ts';
import type { PipelineLink } from '../src/ci/pipeline-link.ts';
import type { Check, Sandbox } from '../src/ci/run.ts';
import type { Progress, Runner } from '../src/ci/runner.ts';
import type { Mirror } from '../src/mirror/open.ts';
import type { Sink } from '../src/sink/sink.ts';
import type { Job } from '../src/store/jobs.ts';
import type { Outgoing } from '../src/store/outbox.ts';
import type { SeriesKey } from '../src/store/series.ts';
import type { Store } from '../src/store/open.ts';
import type { Clock } from '../src/util/clock.ts';
import { PatchloomError } from '../src/util/errors.ts';
import type { Log } from '../src/util/log.ts';

/** When something was done, and how it went. */
export interface Span {
  /** Epoch ms. */
  readonly started: number;
  readonly ended: number;
  /** What went wrong, or null. */
  readonly fault: string | null;
}

/** Is told what happens, for progress, metrics and traces. */
export interface Observer {
  /** Mails that were new have been stored, with all that follows from them. */
  stored?(msgids: readonly string[], span: Span): void;
  /** One try of a job has ended. */
  worked?(job: Pick<Job, 'kind' | 'payload'>, span: Span): void;
  /** A build-test is about to run. */
  build?(of: SeriesKey, progress: Progress): void;
  checked?(of: SeriesKey, check: Check): void;
  sent?(outgoing: Outgoing): void;
  /** A try to send has failed, or nobody knows how it ended. */
  unsent?(outgoing: Outgoing, kind: 'retry' | 'refused' | 'doubtful'): void;
}

/** Everything that a handler may touch, passed in so that tests own it. */
export interface Context {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Mail templates of a project: its own where it has some. */
  templatesOf(project: string): Templates;
  readonly observer: Observer;
  readonly reader: Reader;
  /** Says what DKIM says of a mail that has just come; null where nobody asks. */
  readonly dkim: ((raw: Uint8Array) => Promise<string>) | null;
  /**
   * Until when the mail of every source is known to have been read, epoch ms: what is not stored by then had not come by then.
   * It decides whether a mail that we cannot find in the lists' mail may be sent again.
   */
  readAt(): Promise<number>;
  /** Null where no mail can be sent: nothing is configured, or this process never sends. */
  readonly sink: Sink | null;
  /** The git side of a project; opened on first use. @throws PatchloomError CONFIG_INVALID where the project has no git section. */
  mirrorOf(project: string): Promise<Mirror>;
  /** How commands of a project's builds are held in on this machine. */
  sandboxOf(project: string): Promise<Sandbox>;
  /** Where a project's build-tests run; opened on first use. */
  runnerOf(project: string): Promise<Runner>;
  /** What its CI says of a pipeline that an author links; null where it is not known, or on a server that is not configured. */
  pipelineAt(link: PipelineLink): Promise<OwnPipeline | null>;
}

/** @throws PatchloomError NOT_FOUND */
export function projectOf(context: Pick<Context, 'config'>, name: string): ProjectConfig {
  const project = context.config.projects.find((one) => one.name === name);
  if (!project) throw new PatchloomError('NOT_FOUND', `there is no project "${name}" in ${context.config.file}`);
  return project;
}
