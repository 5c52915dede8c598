import { matchesGlob } from './plan.ts';
import type { Check, Finding, Judgement, Mask } from './run.ts';

/** What a judgement is made of. */
export interface Evidence {
  /** Checks as the jobs ended (see `rawOf`), of all patches. */
  readonly checks: readonly Check[];
  /** Message-IDs of the patches, in order. */
  readonly patches: readonly string[];
  /** Checks of the base, one a job, where it was built. */
  readonly base: readonly Check[];
  readonly masks: readonly Mask[];
}

/** A check as its job ended, without what it meant for another series. That a job is flaky is true of the tree itself. */
export function rawOf(check: Check): Check {
  const { judged, findings, ...rest } = check;
  const found = findings === undefined ? {} : { findings: findings.map((one) => ({ ...one, since: null })) };
  if (judged === undefined) return { ...rest, ...found };
  if (judged.as === 'flaky') return { ...rest, ...found, judged };
  return { ...rest, ...found, state: judged.ran, summary: judged.summary };
}

/** A check of a job that failed, and passed when it was run again. */
export function flaky(failed: Check): Check {
  return judgedAs(failed, 'flaky', 'failed, then passed when run again');
}

/**
 * Says of each check what its end means. Only what passes on the base and fails here, with no word of the project that it is known, stays
 * `fail`; what the base fails too, and what is flaky or known, is a warning that blames nobody.
 */
export function judge(evidence: Evidence): Check[] {
  const order = new Map(evidence.patches.map((msgid, at) => [msgid, at]));
  const place = (check: Check) => order.get(check.patch ?? '') ?? evidence.patches.length;
  return evidence.checks.map((check) => {
    const base = evidence.base.find(({ context }) => context === check.context);
    const earlier = evidence.checks.filter((one) => one.context === check.context && place(one) < place(check));
    return withOrigins(judgeOne(check, base, earlier, evidence.masks), base, earlier);
  });
}

function judgeOne(check: Check, base: Check | undefined, earlier: readonly Check[], masks: readonly Mask[]): Check {
  if (check.judged !== undefined || check.state === 'pending') return check;
  const baseFails = base?.state === 'fail';
  if (check.state !== 'fail') return baseFails ? judgedAs(check, 'fixed', 'the base fails') : check;
  const mask = masks.find((one) => covers(one, check));
  if (mask !== undefined) return judgedAs(check, mask.as === 'flaky' ? 'known-flaky' : 'known-broken', mask.why);
  // Once a patch has mended what the base had broken, the next one to break it is to blame.
  const mended = earlier.some((one) => one.state === 'success' || one.state === 'warning');
  if (baseFails && !mended) return judgedAs(check, 'already-broken', 'the base fails too');
  return base === undefined ? check : { ...check, judged: { as: 'regression', ran: 'fail', summary: check.summary } };
}

const WORDS: Readonly<Record<Judgement, string>> = {
  regression: 'regression',
  'already-broken': 'broken before',
  fixed: 'fixed',
  flaky: 'flaky',
  'known-broken': 'known to be broken',
  'known-flaky': 'known to be flaky',
};

function judgedAs(check: Check, as: Judgement, why: string): Check {
  const { state: ran, summary } = check;
  const state = as === 'fixed' ? ran : 'warning';
  return { ...check, state, summary: `${WORDS[as]} (${why}): ${summary}`, judged: { as, ran, summary } };
}

/** A mask of tests covers a failure only where every test that failed is one of them. */
function covers(mask: Mask, check: Check): boolean {
  if (mask.job !== check.context) return false;
  const { test: pattern } = mask;
  if (pattern === null) return true;
  const failed = (check.findings ?? []).filter(({ kind }) => kind === 'test');
  return failed.length > 0 && failed.every(({ test }) => matchesGlob(test ?? '', pattern));
}

/** Ties each finding to the first patch that has it; a line may move between patches, so it is not compared. */
function withOrigins(check: Check, base: Check | undefined, earlier: readonly Check[]): Check {
  if (check.findings === undefined) return check;
  const same = (a: Finding) => (b: Finding) => a.kind === b.kind && a.file === b.file && a.text === b.text;
  const has = (other: Check | undefined, finding: Finding) => other?.findings?.some(same(finding)) === true;
  const findings = check.findings.map((finding) => {
    const first = earlier.find((one) => has(one, finding)) ?? check;
    return { ...finding, since: has(base, finding) ? null : first.patch };
  });
  return { ...check, findings };
}
