import { spawn } from 'node:child_process';

/** What a program said. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A program that has not ended by then is ended. */
const PATIENCE_MS = 60_000;

/** Runs a client as its user would, with a home of its own; it talks to a server in this process, so it is waited for without blocking. */
export function runClient(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly home: string; readonly input?: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Said> {
  const { cwd, home, input = '', env = {} } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      timeout: PATIENCE_MS,
      // Debian's own interpreter: a client from a package wants the packages beside it.
      env: {
        PATH: '/usr/bin:/bin',
        HOME: home,
        XDG_RUNTIME_DIR: home,
        // git-pw leaves a directory there for each series that it applies.
        TMPDIR: home,
        LC_ALL: 'C.UTF-8',
        GIT_CONFIG_NOSYSTEM: '1',
        ...env,
      },
    });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code: code ?? -1, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
    child.stdin.end(input);
  });
}
