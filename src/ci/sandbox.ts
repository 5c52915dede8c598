import { tmpdir } from 'node:os';
import { PatchloomError } from '../util/errors.ts';
import { withScratch } from '../util/scratch.ts';
import { runCommand } from './command.ts';
import type { Groups } from './group.ts';
import type { Sandbox, SandboxLimits } from './run.ts';

const SMALL: SandboxLimits = { memoryMiB: 256, processes: 16, diskMiB: 16, logBytes: 4096 };

/** The sandbox that a project's build settings name. `groups`: where this machine has control groups for it. */
export function sandboxOf(
  settings: SandboxLimits & { readonly sandbox: 'bubblewrap' | 'none'; readonly readable: readonly string[] },
  groups: Groups | null = null,
): Sandbox {
  const { memoryMiB, processes, cpus = null, diskMiB, logBytes } = settings;
  const held = groups === null ? {} : { groups };
  const common = { limits: { memoryMiB, processes, cpus, diskMiB, logBytes }, ...held };
  return settings.sandbox === 'none'
    ? { kind: 'none', ...common }
    : { kind: 'bubblewrap', readable: settings.readable, ...common };
}

/** Null where a command really runs in the sandbox of this machine; else one line: what is wrong and what to install or set. */
export async function sandboxProblem(groups: Groups | null = null): Promise<string | null> {
  try {
    const sandbox = sandboxOf({ ...SMALL, sandbox: 'bubblewrap', readable: [] }, groups);
    const outcome = await withScratch(tmpdir(), (directory) =>
      runCommand({ command: 'true', directory, sandbox, timeout: 20 }),
    );
    if (outcome.infrastructure !== null) return adviceFor(outcome.infrastructure);
    return outcome.exit === 0 ? null : `a command that does nothing fails in the sandbox: ${outcome.output.trim()}`;
  } catch (error) {
    if (error instanceof PatchloomError) return error.message;
    throw error;
  }
}

function adviceFor(problem: string): string {
  const missing = /execvp (\S+): No such file/.exec(problem)?.[1];
  if (missing !== undefined) return `${missing} is missing: install util-linux`;
  if (/unknown option/i.test(problem)) return `bubblewrap is too old, 0.8 or newer is needed: ${problem}`;
  if (/namespace|uid map|Operation not permitted|Permission denied/i.test(problem)) {
    return `bubblewrap may not make user namespaces here (see user.max_user_namespaces, kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns in sysctl): ${problem}`;
  }
  return `the sandbox does not start: ${problem}`;
}
