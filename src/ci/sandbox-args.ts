import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import type { SandboxLimits } from './run.ts';

/** Where the build directory stands inside the sandbox. */
export const BUILD_PATH = '/build';

/** Who a build is on this machine where the bot itself is root: nobody. Root would be exempt from the limit of processes. */
export const BUILD_UID = 65534;

/** Who a build is in its own eyes; some test suites take uid 0 or 65534 for something special. */
const INNER_UID = 1000;

/** Descriptor on which bubblewrap tells the pid of the sandbox and the exit code; a failed start tells none. */
export const STATUS_FD = 3;

/** A program to start, with the texts that it reads from descriptors 4, 5 … */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly feeds: readonly string[];
}

export interface SandboxRequest {
  /** Shell text. */
  readonly command: string;
  /** The only thing on the host that may be written to. */
  readonly directory: string;
  readonly readable: readonly string[];
  /** Further folders of the host that it sees, under names of their own. */
  readonly binds: readonly Bind[];
  readonly limits: SandboxLimits;
  /** The whole environment of the command besides PATH, HOME, LANG and TERM. */
  readonly env: Readonly<Record<string, string>>;
  /** The bot runs as root. */
  readonly root: boolean;
}

/** A folder of the host that a command sees. */
export interface Bind {
  readonly source: string;
  readonly target: string;
  readonly writable: boolean;
  /** What is in it counts as disk that the command uses. */
  readonly counted: boolean;
}

/** What every command sees; HOME is a private tmpfs, so that nothing of one run reaches the next but the build directory. */
export const BASE_ENV = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/tmp',
  LANG: 'C.UTF-8',
  TERM: 'dumb',
} as const;

/**
 * `sh -e -c COMMAND`, first in line for the kernel when memory runs out: the bot and its neighbours come after it.
 */
export function shellArgs(command: string): readonly string[] {
  return ['sh', '-c', 'echo 1000 2>/dev/null >/proc/self/oom_score_adj || :; exec sh -e -c "$1"', 'sh', command];
}

const FILES: readonly (readonly [string, string])[] = [
  ['/etc/passwd', `root:x:0:0:root:/root:/bin/sh\nbuild:x:${INNER_UID}:${INNER_UID}:build:/tmp:/bin/sh\n`],
  ['/etc/group', `root:x:0:\nbuild:x:${INNER_UID}:\n`],
  ['/etc/hosts', '127.0.0.1 localhost build\n::1 localhost\n'],
];

/**
 * The command line that runs `command` without network, with its own processes, users and mounts, no capability, a cleared
 * environment, and nothing of the host but the system's programs, `readable` and the build directory.
 */
export function sandboxProgram(request: SandboxRequest): Program {
  const readable = request.readable.map((path) => ({ source: path, target: path, writable: false, counted: false }));
  const binds = [...readable, ...request.binds];
  if (!request.root) return { ...ordinary(request, request.directory, binds), file: 'bwrap' };
  const staged = binds.map((bind, number) => ({ ...bind, source: `${STAGE}/${number}` }));
  const inner = ordinary(request, `${STAGE}${BUILD_PATH}`, staged);
  const outer = becomeNobody(
    request,
    binds.map((bind, number) => ({ ...bind, target: `${STAGE}/${number}` })),
  );
  return { file: 'bwrap', args: [...outer, 'bwrap', ...inner.args], feeds: inner.feeds };
}

const STAGE = '/tmp';

/**
 * Stays root, with the right to kill, between the two sandboxes: the kernel sends a dead parent's signal in the name of that parent, and the outer
 * bubblewrap has given up its rights over another user's processes. `exit` keeps the shell from replacing itself.
 */
const STAY_ROOT = ['sh', '-c', '"$@"; exit "$?"', 'sh'];

/**
 * For root: nobody could not reach a build directory below a private folder, so root shows it, and each other folder, in a
 * mount namespace of its own first. What follows is then the same sandbox as for an ordinary user.
 */
function becomeNobody(request: SandboxRequest, binds: readonly Bind[]): readonly string[] {
  return [
    ...words(`--die-with-parent --dev-bind / / --tmpfs ${STAGE} --bind`),
    request.directory,
    `${STAGE}${BUILD_PATH}`,
    ...binds.flatMap(bindArgs),
    '--',
    ...STAY_ROOT,
    ...words(`setpriv --reuid ${BUILD_UID} --regid ${BUILD_UID} --clear-groups --inh-caps=-all --`),
  ];
}

function ordinary(request: SandboxRequest, directory: string, binds: readonly Bind[]) {
  const { limits } = request;
  // Files in tmpfs are memory that no limit of a process counts.
  const tmpfs = `--perms 1777 --size ${Math.ceil(limits.memoryMiB / 2) * 2 ** 20} --tmpfs`;
  const args = [
    ...words('--unshare-all --unshare-user --disable-userns --die-with-parent --new-session --cap-drop ALL'),
    ...words(`--uid ${INNER_UID} --gid ${INNER_UID} --hostname build --json-status-fd ${STATUS_FD}`),
    ...systemMounts(),
    ...words(`--proc /proc --dev /dev ${tmpfs} /dev/shm --remount-ro /dev ${tmpfs} /tmp`),
    ...FILES.flatMap(([path], number) => ['--perms', '0644', '--file', `${STATUS_FD + 1 + number}`, path]),
    ...binds.flatMap(bindArgs),
    '--bind',
    directory,
    ...words(`${BUILD_PATH} --chdir ${BUILD_PATH} --remount-ro / --clearenv`),
    ...Object.entries({ ...BASE_ENV, ...request.env }).flatMap(([name, value]) => ['--setenv', name, value]),
    ...words(`-- prlimit ${processLimits(limits)} --`),
    ...shellArgs(request.command),
  ];
  return { args, feeds: FILES.map(([, text]) => text) };
}

function bindArgs({ source, target, writable }: Bind): readonly string[] {
  return [writable ? '--bind' : '--ro-bind', source, target];
}

/** Options without spaces in them; a path of the host is never among them. */
const words = (text: string) => text.split(' ');

/**
 * Set inside the sandbox, because the kernel then counts the processes of this user namespace alone. Memory is limited by
 * `data`, not by `as`: address space that is only reserved (sanitizers, managed languages) costs nothing.
 */
function processLimits({ processes, diskMiB, memoryMiB }: SandboxLimits): string {
  return `--nproc=${processes} --fsize=${diskMiB * 2 ** 20} --data=${memoryMiB * 2 ** 20} --core=0`;
}

/** The system's programs and libraries; where /bin, /lib … are links into /usr, the same links. */
function systemMounts(): readonly string[] {
  const args = ['--ro-bind', '/usr', '/usr'];
  for (const name of readdirSync('/').filter((entry) => /^(?:s?bin|lib\w*)$/.test(entry))) {
    const path = `/${name}`;
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) args.push('--symlink', readlinkSync(path), path);
    else if (stat.isDirectory()) args.push('--ro-bind', path, path);
  }
  for (const path of ['/etc/alternatives', '/etc/ld.so.cache']) args.push('--ro-bind-try', path, path);
  return args;
}
