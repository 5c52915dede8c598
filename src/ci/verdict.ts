import type { Check, Verdict } from './run.ts';

/**
 * What the checks of a series say together. `patches` gives the order; checks of other messages are left out. `infrastructure` means that
 * nothing can be said: no check has ended, or one is still pending, and none has failed.
 */
export function verdictOf(
  checks: readonly Check[],
  patches: readonly { readonly index: number; readonly msgid: string }[],
): Verdict {
  const ordered = [...patches].sort((a, b) => a.index - b.index);
  const own = ordered.map(({ index, msgid }) => ({ index, checks: checks.filter((check) => check.patch === msgid) }));
  const whole = checks.filter((check) => check.patch === null);
  const all = [...own.flatMap((patch) => patch.checks), ...whole];
  const failing = all.filter((check) => check.state === 'fail');
  const firstFailing = own.find((patch) => patch.checks.some((check) => check.state === 'fail'))?.index ?? null;
  const tip = [...(own.at(-1)?.checks ?? []), ...whole];
  const tipPasses = firstFailing !== null && tip.length > 0 && tip.every(passes);
  return { state: stateOf(all), firstFailing, failing, tipPasses };
}

const passes = (check: Check) => check.state === 'success' || check.state === 'warning';

function stateOf(checks: readonly Check[]): Verdict['state'] {
  const states = new Set(checks.map((check) => check.state));
  if (states.has('fail')) return 'fail';
  if (states.size === 0 || states.has('pending')) return 'infrastructure';
  return states.has('warning') ? 'warning' : 'success';
}
