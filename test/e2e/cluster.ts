import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import type { Role } from '../../src/roles.ts';
import type { Part } from './children/serve.ts';

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
  /** All that it has logged. */
  log(): string;
  /** Starts it again after `kill9`. */
  restart(): void;
  /** Ends it in order. @returns its exit code */
  stop(): Promise<number | null>;
}

/** Starts one process. What it logs is added to `<directory>/<name>.log`. @param place its data directory in `directory` */
export function startMember(directory: string, config: Config, name: string, role: Role, place: string = name): Member {
  const data = join(directory, place);
  mkdirSync(data, { recursive: true });
  const file = join(directory, `${name}.json`);
  writeFileSync(file, JSON.stringify({ config: { ...config, data }, role, ...TIMES } satisfies Part));
  const log = join(directory, `${name}.log`);
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
    log: () => (existsSync(log) ? readFileSync(log, 'utf8') : ''),
    restart: () => {
      child = start();
    },
    stop: () => end('SIGTERM'),
  };

  function start(): ChildProcess {
    // It is started many times.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(directory, 'compiled') };
    const into = openSync(log, 'a');
    const started = spawn(process.execPath, [PROGRAM, file], { stdio: ['ignore', into, into], env });
    closeSync(into);
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
