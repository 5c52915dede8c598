import { constants } from 'node:os';
import type { CheckState, RunOutcome } from './run.ts';

/** Exit code by which a command says that it passed with a warning; the contract of nipa, the Linux network developers' tester. */
const WARNING = 250;

/** State of the check that an outcome makes; one with `infrastructure` makes none. */
export function stateOf(outcome: RunOutcome): CheckState {
  if (outcome.timedOut || outcome.stopped !== null) return 'fail';
  if (outcome.exit === 0) return 'success';
  return outcome.exit === WARNING ? 'warning' : 'fail';
}

/** One line: `exit 2 after 3.1 s`. `timeout` in seconds. */
export function summaryOf(outcome: RunOutcome, timeout: number): string {
  const after = `after ${outcome.seconds.toFixed(1)} s`;
  const cut = outcome.truncated ? '; log cut' : '';
  if (outcome.timedOut) return `not done within ${timeout} s${cut}`;
  if (outcome.stopped !== null) return `${outcome.stopped}, ended ${after}${cut}`;
  if (outcome.exit === 0) return `passed ${after}${cut}`;
  if (outcome.exit === WARNING) return `warning ${after}${cut}`;
  if (outcome.exit === null) return `ended by ${outcome.signal ?? 'a signal'} ${after}${cut}`;
  return `exit ${outcome.exit}${signalOf(outcome.exit)} ${after}${cut}`;
}

/** A shell tells a signal as 128 and its number. */
function signalOf(exit: number): string {
  const name = Object.entries(constants.signals).find(([, number]) => number === exit - 128)?.[0];
  return name === undefined ? '' : ` (${name})`;
}
