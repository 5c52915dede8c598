import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { Config, RunnerConfig } from '../../config/config.ts';
import { whySendingStops } from '../../handlers/stop-sending.ts';
import { cacheProblem } from '../ci/compiler-cache.ts';
import { groupsOfMachine } from '../ci/group.ts';
import { sandboxProblem } from '../ci/sandbox.ts';
import { probeRemotes } from '../mirror/probe.ts';
import { ROOT } from '../root.ts';
import { loadTemplates } from '../report/template.ts';
import { smtpSink } from '../sink/smtp.ts';
import { openPath, verifyImap } from '../source/source.ts';
import { openStore } from '../store/open.ts';
import { isReadByEverybody } from '../store/private-file.ts';
import { systemClock } from '../util/clock.ts';
import { describeError } from '../util/errors.ts';
import { type Command, print } from './command.ts';

type Finding = { readonly what: string; readonly state: 'ok' | 'warning' | 'fail'; readonly detail: string };

/** One thing to look at. Returns what to tell; throws where it is broken. */
type Examination = { readonly what: string; readonly look: () => Promise<string | { readonly warning: string }> };

/** `patchloom doctor`: looks at everything that `serve` needs, and says what to do. */
export const doctorCommand: Command = {
  name: 'doctor',
  usage: '',
  summary: 'check config, store, mail, git, GitHub, GitLab and sandbox; says what to do',
  words: [0, 0],
  async run(invocation) {
    const { terminal, json } = invocation;
    const config = invocation.config();
    let failed = false;
    for (const { what, look } of examinations(config)) {
      const finding = await examine(what, look);
      failed ||= finding.state === 'fail';
      const mark = { ok: 'ok  ', warning: 'note', fail: 'FAIL' }[finding.state];
      print(terminal, json ? JSON.stringify(finding) : `${mark}  ${what.padEnd(24)} ${finding.detail}`);
    }
    return failed ? 1 : 0;
  },
};

async function examine(what: string, look: Examination['look']): Promise<Finding> {
  try {
    const answer = await look();
    return typeof answer === 'string'
      ? { what, state: 'ok', detail: answer }
      : { what, state: 'warning', detail: answer.warning };
  } catch (error) {
    return { what, state: 'fail', detail: describeError(error) };
  }
}

function examinations(config: Config): readonly Examination[] {
  return [
    {
      what: 'config',
      look: async () => `${config.file}: ${config.projects.length} projects, ${config.sources.length} sources`,
    },
    { what: 'templates', look: async () => templates() },
    { what: 'store', look: () => store(config) },
    ...config.sources.map((source) => ({ what: `source ${source.name}`, look: () => mailSource(source) })),
    ...(config.sources.length === 0
      ? [{ what: 'sources', look: async () => ({ warning: 'none: serve would read no mail' }) }]
      : []),
    { what: 'smtp', look: () => smtp(config) },
    ...config.projects.map((project) => ({ what: `git ${project.name}`, look: () => git(config, project) })),
    ...config.projects.flatMap(({ name, build }) => {
      const { runner } = build;
      return runner.kind === 'local' ? [] : [{ what: `ci ${name}`, look: () => remote(config, runner) }];
    }),
    ...(config.projects.some((project) => project.build.jobs.length > 0)
      ? [{ what: 'sandbox', look: () => sandbox(config) }]
      : []),
    ...(config.projects.some((project) => project.build.cache !== null)
      ? [{ what: 'compiler cache', look: compilerCache }]
      : []),
  ];
}

function templates(): string {
  loadTemplates((file) => readFileSync(join(ROOT, 'templates/mail', file), 'utf8'));
  return 'all are whole';
}

async function store(config: Config): Promise<string | { warning: string }> {
  const opened = await openStore({ directory: config.data, database: config.database });
  const stopped = await whySendingStops(config, opened);
  await opened.close();
  const notes = [
    ...(stopped === null ? [] : [`nothing is sent: ${stopped}`]),
    ...(opened.engine === 'sqlite' && isReadByEverybody(opened.place)
      ? [`everybody on this machine can read it, and with it held mail and decisions: chmod 600 ${opened.place}*`]
      : []),
  ];
  return notes.length === 0 ? opened.place : { warning: [opened.place, ...notes].join('; ') };
}

async function mailSource(source: Config['sources'][number]): Promise<string> {
  if (source.kind === 'imap') {
    await verifyImap(source);
    return `imap ${source.user}@${source.host}:${source.port}, folders ${source.folders.join(', ')}`;
  }
  await openPath(source.path);
  return `${source.kind} ${source.path}`;
}

async function smtp(config: Config): Promise<string | { warning: string }> {
  if (config.smtp === null) return { warning: 'not configured: reports can be read, but not sent' };
  const sink = smtpSink(config.smtp);
  try {
    await sink.verify();
  } finally {
    sink.close();
  }
  const live = config.projects.filter((project) => project.mode === 'live').map((project) => project.name);
  return `${config.smtp.host}:${config.smtp.port}; live: ${live.length === 0 ? 'none' : live.join(', ')}`;
}

async function git(config: Config, project: Config['projects'][number]): Promise<string | { warning: string }> {
  if (project.git === null) return { warning: 'not configured: nothing is mirrored' };
  const { upstream, publish, branch, targetBranch } = project.git;
  await probeRemotes(
    { project: project.name, upstream, publish, branch, targetBranch, committer: config.bot },
    join(config.data, 'git'),
  );
  return `${upstream} ${branch}${publish.length === 0 ? '; refs stay here' : `; publishes to ${publish.join(', ')}`}`;
}

async function remote(config: Config, runner: Exclude<RunnerConfig, { kind: 'local' }>): Promise<string> {
  // Clients of forges are many modules: they are loaded where one is asked.
  const { examineRemote } = await import('../remote-runners.ts');
  return examineRemote(config, runner, systemClock);
}

async function sandbox(config: Config): Promise<string | { warning: string }> {
  const bare = config.projects.filter((project) => project.build.sandbox === 'none' && project.build.jobs.length > 0);
  if (bare.length > 0)
    return { warning: `builds of ${bare.map((one) => one.name).join(', ')} run WITHOUT a sandbox, as configured` };
  const groups = await groupsOfMachine();
  const problem = await sandboxProblem(typeof groups === 'string' ? null : groups);
  if (problem !== null) throw new Error(problem);
  return typeof groups === 'string'
    ? { warning: `bubblewrap works; limits by rlimits and a watch, not by control groups: ${groups}` }
    : `bubblewrap works; control groups hold ${groups.holds.join(', ')}`;
}

async function compilerCache(): Promise<string> {
  const problem = await cacheProblem();
  if (problem !== null) throw new Error(problem);
  return 'ccache works';
}
