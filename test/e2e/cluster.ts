import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config/config.ts';
import type { Role } from '../../src/roles.ts';
import type { Part } from './children/serve.ts';

/** How a process ends that has lost the database while it started: it is started again, as systemd would. */
export const TRY_AGAIN = 75;

const PROGRAM = join(import.meta.dirname, 'children/serve.ts');

/** Short times, so that what a dead process has left is taken up soon. */
const TIMES: Pick<Part, 'leaseMs' | 'sendPolicy'> = {
  leaseMs: 2_000,
  sendPolicy: {
    leaseMs: 3_000,
    firstRetryMs: 200,
    longestRetryMs: 1_000,
    giveUpMs: 3_600_000,
    lookMs: 6_000,
    switchMs: 250,
  },
};

/** A collection takes a second at most, but the machine may be busy. */
const TELLS_MS = 60_000;

/** One process of a cluster, on a machine of its own as far as its data directory goes. */
export interface Member {
  readonly name: string;
  readonly role: Role;
  /** Of the process that runs now; undefined where none could be started. */
  pid(): number | undefined;
  kill9(): Promise<void>;
  /** Stops it in the middle of everything, as a machine does that swaps; `wake` lets it go on. */
  freeze(): void;
  wake(): void;
  /** Sets the clock of its machine so many ms ahead of the true time, or behind it. */
  setClock(ahead: number): void;
  /** MiB that are left after a whole collection, which it makes now. @throws where it has ended, or hangs */
  liveMemory(): Promise<number>;
  /** All that it has logged. */
  log(): string;
  /** Starts it again after `kill9`. */
  restart(): void;
  /** Ends it in order. @returns its exit code */
  stop(): Promise<number | null>;
}

/** Where a member runs. */
interface Place {
  /** Its data directory in `directory`; its name where left out. */
  readonly place?: string;
  /** Words before the command, see `SmallDisk`. */
  readonly enter?: readonly string[];
  /** See `ServiceOptions`; short where left out. */
  readonly leaseMs?: number;
}

/** Directory of all that members make for a moment. */
export function momentOf(directory: string): string {
  return join(directory, 'tmp');
}

/** Starts one process. What it logs is added to `<directory>/<name>.log`. */
export function startMember(
  directory: string,
  config: Config,
  name: string,
  role: Role,
  { place = name, enter = [], leaseMs = TIMES.leaseMs }: Place = {},
): Member {
  const data = join(directory, place);
  for (const folder of [data, momentOf(directory)]) mkdirSync(folder, { recursive: true });
  const file = join(directory, `${name}.json`);
  writeFileSync(file, JSON.stringify({ config: { ...config, data }, role, ...TIMES, leaseMs } satisfies Part));
  const log = join(directory, `${name}.log`);
  const clock = join(directory, `${name}.clock`);
  let child = start();
  return {
    name,
    role,
    pid: () => child.pid,
    kill9: async () => {
      await end('SIGKILL');
    },
    freeze: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
    setClock: (ahead) => writeFileSync(clock, `${ahead}`),
    liveMemory: async () => {
      const told = `${file}.live`;
      rmSync(told, { force: true });
      const asked = child;
      asked.kill('SIGUSR2');
      for (const end = Date.now() + TELLS_MS; !existsSync(told) || readFileSync(told).length === 0; await sleep(100)) {
        const ended = asked.signalCode ?? asked.exitCode;
        if (ended !== null || Date.now() > end)
          throw new Error(
            `${name} does not tell its memory: ${ended === null ? 'it hangs' : `it ended with ${ended}`}`,
          );
      }
      return Number(readFileSync(told, 'utf8'));
    },
    log: () => (existsSync(log) ? readFileSync(log, 'utf8') : ''),
    restart: () => {
      child = start();
    },
    stop: () => end('SIGTERM'),
  };

  function start(): ChildProcess {
    // It is started many times, and others have perhaps compiled it before.
    const compiled = process.env['NODE_COMPILE_CACHE'] ?? join(directory, 'compiled');
    const env = { ...process.env, NODE_COMPILE_CACHE: compiled, TMPDIR: momentOf(directory), CHAOS_CLOCK: clock };
    const into = openSync(log, 'a');
    const [program, ...words] = [...enter, process.execPath, PROGRAM, file];
    const started = spawn(program, words, { stdio: ['ignore', into, into], env });
    closeSync(into);
    started.once('exit', (code) => {
      if (code === TRY_AGAIN && child === started) child = start();
    });
    return started;
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    }
    return child.exitCode;
  }
}

/** Command lines of the processes that members, or what they have started, run now. */
export function processesOf(directory: string): readonly string[] {
  const read = (path: string): string => {
    try {
      return path.endsWith('cwd') ? readlinkSync(path) : readFileSync(path, 'latin1').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  };
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const own = pids.filter((pid) =>
    [read(`/proc/${pid}/environ`), read(`/proc/${pid}/cwd`)].some((text) => text.includes(directory)),
  );
  return own.map((pid) => read(`/proc/${pid}/cmdline`)).filter((words) => words !== '');
}
