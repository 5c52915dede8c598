import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config, ProjectConfig } from '../config/config.ts';
import { type Context, type Observer, projectOf } from '../handlers/context.ts';
import { letterArrived } from '../handlers/command-received.ts';
import type { LetterKey } from '../handlers/letter-job.ts';
import { buildEarned } from '../handlers/build-earned.ts';
import { commitNoted } from '../handlers/commit-noted.ts';
import { mirrorPublished } from '../handlers/mirror-published.ts';
import { plainReader } from '../handlers/read-mail.ts';
import { runFinished } from '../handlers/run-finished.ts';
import { seriesComplete } from '../handlers/series-complete.ts';
import { tagsArrived } from '../handlers/tags-arrived.ts';
import { dkimVerdict } from './mail/dkim.ts';
import { developerVerdict } from './mail/patatt.ts';
import { gitMailInfo } from './mirror/mailinfo.ts';
import type { GitProject } from './mirror/mirror.ts';
import { type Mirror, openMirror } from './mirror/open.ts';
import { remoteAddress } from './mirror/remote.ts';
import { sharedMirror } from './mirror/shared.ts';
import { readPool } from './read-pool.ts';
import { loadTemplates, type Templates } from './report/template.ts';
import { ROOT } from './root.ts';
import { developerKeys } from './source/developer-keys.ts';
import { txtRecords } from './source/txt-records.ts';
import { openStore } from './store/open.ts';
import { readUntil } from './store/read-until.ts';
import { checkSeal } from './store/seals.ts';
import type { SeriesKey } from './store/series.ts';
import type { Clock } from './util/clock.ts';
import { PatchloomError } from './util/errors.ts';
import type { Log } from './util/log.ts';
import { Releasers } from './util/releasers.ts';
import { removeStaleScratch } from './util/scratch.ts';
import { openRunners } from './runners.ts';
import type { JobTable } from './worker.ts';

/**
 * The stages, in the order in which a mail goes through them:
 *
 *   source ─► mail ─► patch ─► series ─► review    messagesArrived: one transaction from raw bytes to derived state
 *   mirror                                         seriesComplete:  commits and a ref
 *                                                  tagsArrived:     a branch and notes with the tags that came later
 *   ci                                             mirrorPublished: has it earned a run?
 *                                                  buildEarned:     build-tests of every patch
 *   report                                         runFinished:     what is to be said, into the outbox
 *   sink                                           sendNext:        out of the outbox, once
 *
 * Each hands on by a job that is kept in the transaction of its result.
 */
export const STAGES = {
  mirror: seriesComplete,
  tags: tagsArrived,
  build: mirrorPublished,
  run: buildEarned,
  note: commitNoted,
  report: runFinished,
} as const satisfies JobTable<SeriesKey>;

/** Beside the stages: mail to the bot itself. */
export const LETTERS = { letter: letterArrived } as const satisfies JobTable<LetterKey>;

export interface BotOptions {
  readonly log: Log;
  readonly clock?: Clock;
  /** Read only: nothing is made, migrated or sent. */
  readonly readonly?: boolean;
  /** For `serve`: open the sink; `intake` also takes the one place that a data directory on SQLite has for a process that reads mail. */
  readonly serve?: 'intake' | 'beside';
  readonly observer?: Observer;
  /** See `Context.readAt`; by default what the store says of the sources. */
  readonly readAt?: () => number;
  /** Threads that read mail beside this one. Default 1 for `serve`, so that no mail can hang it, else 0. */
  readonly readers?: number;
}

/** The opened parts of one installation. */
export interface Bot extends Context, AsyncDisposable {}

/** Opens store, templates and, to serve, the sink. @throws PatchloomError STORE_*, TEMPLATE_INVALID */
export async function openBot(config: Config, options: BotOptions): Promise<Bot> {
  if (options.serve) await removeStaleScratch(tmpdir());
  const releasers = new Releasers();
  const templates = new Map(config.projects.map((project) => [project.name, projectTemplates(project)]));
  const store = await openStore({
    directory: config.data,
    database: config.database,
    ...(options.readonly ? { readonly: true } : {}),
    ...(options.serve === 'intake' ? { intake: true } : {}),
  });
  releasers.add(() => store.close());
  try {
    // With PostgreSQL nothing has made it yet: the STOP file and the room on its disk are looked for there.
    if (options.serve) await mkdir(config.data, { recursive: true });
    if (!options.readonly) await checkSeal(store);
  } catch (error) {
    await releasers.release();
    throw error;
  }
  // Only here: what sends mail is many modules, and every command would wait for them.
  const sink = options.serve && config.smtp ? (await import('./sink/smtp.ts')).smtpSink(config.smtp) : null;
  if (sink !== null) releasers.add(() => sink.close());
  const readers = options.readers ?? Number(options.serve !== undefined);
  // Mail that has just come is stored as soon as it is read.
  const pool = readers > 0 ? readPool(readers, { ahead: options.serve === undefined }) : null;
  if (pool !== null) releasers.add(() => pool.close());
  const clock = options.clock ?? (await store.clock());
  const dkim = options.serve ? witness(config.evidence, () => clock.now()) : null;
  const mirrors = new Map<string, Promise<Mirror>>();
  releasers.add(async () => {
    for (const mirror of mirrors.values()) await (await mirror).close();
  });
  const context: Context = {
    ...openRunners({ config, store, clock, log: options.log, mirrorOf: (project) => context.mirrorOf(project) }),
    config,
    store,
    sink,
    templatesOf: (project) => {
      projectOf(context, project);
      return templates.get(project) ?? projectTemplates(null);
    },
    readAt: async () =>
      options.readAt?.() ??
      readUntil(
        store.db,
        config.sources.map(({ name }) => name),
      ),
    observer: options.observer ?? {},
    reader: pool ?? plainReader,
    dkim,
    clock,
    log: options.log,
    mirrorOf: (project) => {
      const known = mirrors.get(project) ?? openProject(config, projectOf(context, project), options.log);
      mirrors.set(project, known);
      return known;
    },
  };
  return { ...context, [Symbol.asyncDispose]: () => releasers.release() };
}

async function openProject(config: Config, project: ProjectConfig, log: Log): Promise<Mirror> {
  if (project.git === null) {
    throw new PatchloomError(
      'CONFIG_INVALID',
      `${config.file}: projects.${project.name} has no git section: nothing can be mirrored`,
    );
  }
  const { upstream, publish, branch, targetBranch, strip, disk, sign, borrow } = project.git;
  const own = { project: project.name, upstream, publish, branch, targetBranch, strip, disk, sign, borrow };
  const lends = config.projects.some((other) => other.git?.borrow === project.name);
  const git: GitProject = { ...own, lends, committer: config.bot };
  const mirror = await openMirror({ directory: join(config.data, 'git'), git, log });
  const [remote] = publish;
  // With a database for several machines each of them has a repository of its own.
  return config.database === null || remote === undefined ? mirror : sharedMirror(mirror, remoteAddress(remote));
}

/** What is found out about a mail at its receipt: the verdicts of DKIM and of developers' own signatures, side by side. Null where nothing is asked for. */
function witness({ dkim, keys }: Config['evidence'], now: () => number): Context['dkim'] {
  const lookup = dkim ? txtRecords(now) : null;
  const keyring = keys === null ? null : developerKeys(keys);
  if (lookup === null && keyring === null) return null;
  return async (raw) => {
    const verdicts = [
      lookup === null ? null : await dkimVerdict(raw, lookup),
      keyring === null ? null : await developerVerdict(raw, keyring, gitMailInfo),
    ];
    return verdicts.filter((one) => one !== null).join('; ');
  };
}

/** The bundled mail templates, each replaced by the project's own where there is one. */
function projectTemplates(project: ProjectConfig | null): Templates {
  const own = project?.report.templates ?? null;
  return loadTemplates((file) => {
    const override = own === null ? null : join(own, file);
    const chosen = override !== null && existsSync(override) ? override : join(ROOT, 'templates/mail', file);
    return readFileSync(chosen, 'utf8');
  });
}
