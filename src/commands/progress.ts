import { Presets, SingleBar } from 'cli-progress';
import type { Invocation } from './command.ts';

/** Shows how far long work has come: a bar on a terminal, a line now and then elsewhere, nothing with --quiet. */
export interface Progress {
  /** `fraction` from 0 to 1 (null: unknown), `text` says what is being done. */
  update(fraction: number | null, text: string): void;
  stop(): void;
}

const LINE_EVERY_MS = 5_000;

/** A bar titled `label` on standard error. */
export function startProgress(invocation: Invocation, label: string): Progress {
  if (invocation.quiet) return { update: () => {}, stop: () => {} };
  return invocation.terminal.interactive ? bar(invocation, label) : lines(invocation, label);
}

function bar(invocation: Invocation, label: string): Progress {
  const drawn = new SingleBar(
    {
      format: `${label} {bar} {percentage}% {text}`,
      stream: invocation.terminal.stderr,
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 50,
    },
    Presets.shades_classic,
  );
  drawn.start(1000, 0, { text: '' });
  return {
    update: (fraction, text) => drawn.update(Math.round((fraction ?? 0) * 1000), { text }),
    stop: () => drawn.stop(),
  };
}

function lines(invocation: Invocation, label: string): Progress {
  let last = Date.now();
  return {
    update: (fraction, text) => {
      if (Date.now() - last < LINE_EVERY_MS) return;
      last = Date.now();
      const percent = fraction === null ? '' : ` ${Math.round(fraction * 100)} %`;
      invocation.terminal.stderr.write(`${label}:${percent} ${text}\n`);
    },
    stop: () => {},
  };
}
