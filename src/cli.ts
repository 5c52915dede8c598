import { existsSync } from 'node:fs';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { loadConfig } from '../config/loader.ts';
import type { Config } from '../config/config.ts';
import { presetPath } from '../config/preset.ts';
import type { Command, Invocation, Terminal } from './commands/command.ts';
import { converseHere } from './commands/converse.ts';
import { describeError, exitCodeOf, PatchloomError } from './util/errors.ts';
import { programVersion } from './version.ts';

/** In the order of the overview. Each is read only where it is asked for, with all that it needs: a command would wait for the modules of all others. */
export const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['serve', async () => (await import('./commands/serve.ts')).serveCommand],
  ['import', async () => (await import('./commands/import.ts')).importCommand],
  ['series', async () => (await import('./commands/series.ts')).seriesCommand],
  ['show', async () => (await import('./commands/show.ts')).showCommand],
  ['am', async () => (await import('./commands/am.ts')).amCommand],
  ['range-diff', async () => (await import('./commands/range-diff.ts')).rangeDiffCommand],
  ['mirror', async () => (await import('./commands/mirror.ts')).mirrorCommand],
  ['test', async () => (await import('./commands/test.ts')).testCommand],
  ['report', async () => (await import('./commands/report.ts')).reportCommand],
  ['outbox', async () => (await import('./commands/outbox.ts')).outboxCommand],
  ['jobs', async () => (await import('./commands/jobs.ts')).jobsCommand],
  ['ready', async () => (await import('./commands/ready.ts')).readyCommand],
  ['waiting', async () => (await import('./commands/waiting.ts')).waitingCommand],
  ['tree', async () => (await import('./commands/tree.ts')).treeCommand],
  ['maintainers', async () => (await import('./commands/maintainers.ts')).maintainersCommand],
  ['release', async () => (await import('./commands/release.ts')).releaseCommand],
  ['backports', async () => (await import('./commands/backports.ts')).backportsCommand],
  ['replay', async () => (await import('./commands/replay.ts')).replayCommand],
  ['rebuild', async () => (await import('./commands/rebuild.ts')).rebuildCommand],
  ['stats', async () => (await import('./commands/stats.ts')).statsCommand],
  ['backup', async () => (await import('./commands/backup.ts')).backupCommand],
  ['restore', async () => (await import('./commands/restore.ts')).restoreCommand],
  ['copy', async () => (await import('./commands/copy.ts')).copyCommand],
  ['init', async () => (await import('./commands/init.ts')).initCommand],
  ['doctor', async () => (await import('./commands/doctor.ts')).doctorCommand],
]);

const COMMON: ParseArgsOptionsConfig = {
  config: { type: 'string' },
  data: { type: 'string' },
  project: { type: 'string' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
  help: { type: 'boolean', short: 'h' },
};

/** What may be asked for without a command. */
const ABOUT: ReadonlySet<string> = new Set(['--help', '-h', '--version']);

/** Runs one command line. @returns the exit code: 0 done, 1 failed, 2 bad usage or config. */
export async function runCli(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  try {
    const [name, rest] = commandFirst(argv);
    if (name === null) {
      if (rest.some((word) => !ABOUT.has(word))) throw new PatchloomError('USAGE', 'no command is given');
      terminal.stdout.write(rest.includes('--version') ? `patchloom ${programVersion()}\n` : await overview());
      return argv.length === 0 ? 2 : 0;
    }
    const command = await COMMANDS.get(name)?.();
    if (!command) throw new PatchloomError('USAGE', `there is no command "${name}"`);
    const invocation = parse(command, rest, terminal);
    if (invocation === null) {
      terminal.stdout.write(helpOf(command));
      return 0;
    }
    return await command.run(invocation);
  } catch (error) {
    terminal.stderr.write(`patchloom: ${describeError(error)}\n`);
    if (terminal.env['PATCHLOOM_DEBUG'] && error instanceof Error) terminal.stderr.write(`${error.stack}\n`);
    return exitCodeOf(error);
  }
}

/**
 * The name of the command and all other words; common options may stand before it, as with git. `help NAME` asks NAME for its help.
 * The name is null where there is none.
 */
function commandFirst(argv: readonly string[]): [name: string | null, rest: string[]] {
  const { tokens } = parseArgs({
    args: [...argv],
    options: COMMON,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const words = tokens.filter((token) => token.kind === 'positional');
  const [name, wanted] = words;
  if (name === undefined) return [null, [...argv]];
  if (name.value === 'help') return wanted === undefined ? [null, []] : [wanted.value, ['--help']];
  return [name.value, argv.toSpliced(name.index, 1)];
}

/** @returns null where help was asked for. @throws PatchloomError USAGE */
function parse(command: Command, argv: readonly string[], terminal: Terminal): Invocation | null {
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({
      args: [...argv],
      options: { ...COMMON, ...command.options },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new PatchloomError('USAGE', `${command.name}: ${(error as Error).message.split('. ')[0]}`);
  }
  const { values, positionals } = parsed;
  if (values['help']) return null;
  const [least, most] = command.words;
  if (positionals.length < least || positionals.length > most) {
    throw new PatchloomError('USAGE', `usage: patchloom ${command.name} ${command.usage}`);
  }
  const text = (key: string): string | null => (typeof values[key] === 'string' ? values[key] : null);
  let config: Config | null = null;
  return {
    terminal,
    words: positionals,
    options: values as Invocation['options'],
    json: values['json'] === true,
    quiet: values['quiet'] === true,
    project: text('project'),
    config: () => (config ??= readConfig(text('config'), text('data'), terminal.env)),
  };
}

/** `--config`, else PATCHLOOM_CONFIG, else ./patchloom.yaml where it is, else the built-in default: one project that takes any list, in shadow. */
function readConfig(file: string | null, data: string | null, env: NodeJS.ProcessEnv): Config {
  const named = file ?? env['PATCHLOOM_CONFIG'] ?? (existsSync('patchloom.yaml') ? 'patchloom.yaml' : null);
  if (named !== null) return loadConfig(named, env, data === null ? {} : { data });
  // The built-in one stands in the installation, which is no place for data.
  return loadConfig(presetPath('default'), env, { data: data ?? env['PATCHLOOM_DATA'] ?? 'patchloom-data' });
}

const COMMON_HELP = `common options:
  --config FILE    the configuration (default: PATCHLOOM_CONFIG, ./patchloom.yaml, else a built-in one)
  --data DIR       where everything is kept (default: PATCHLOOM_DATA, else what the configuration says)
  --project NAME   only this project
  --json           results as JSON
  --quiet          no progress
  --help           what a command does and takes
  --version        of patchloom itself
`;

function helpOf({ name, usage, summary, details }: Command): string {
  const more = details === undefined ? '' : `${details}\n\n`;
  return `usage: patchloom ${`${name} ${usage}`.trimEnd()}\n\n${summary}\n\n${more}${COMMON_HELP}`;
}

async function overview(): Promise<string> {
  const commands = await Promise.all(Array.from(COMMANDS.values(), (load) => load()));
  const lines = commands.map((command) => {
    const call = `${command.name} ${command.usage}`;
    return call.length < 30
      ? `  ${call.padEnd(30)} ${command.summary}`
      : `  ${call}\n  ${' '.repeat(30)} ${command.summary}`;
  });
  return `patchloom: patch series in by mail; branches, tags, build results and answers out.\n\nusage: patchloom COMMAND [options]\n\n${lines.join('\n')}\n\n${COMMON_HELP}\nexit codes: 0 done, 1 failed, 2 bad usage or config\n`;
}

function processTerminal(): Terminal {
  const plain = process.env['NO_COLOR'] !== undefined || process.env['TERM'] === 'dumb';
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    colour: process.stdout.isTTY && !plain,
    interactive: process.stderr.isTTY && process.env['TERM'] !== 'dumb',
    converse: process.stdin.isTTY && process.stderr.isTTY ? converseHere : null,
  };
}
