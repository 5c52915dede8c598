import type { Series } from '../series/series.ts';
import { matchesGlob } from './plan.ts';

/** Any one of these opens the gate; what is left out opens nothing. */
export interface GateRules {
  /** So many people's tags count on its patches. */
  readonly tags?: number | undefined;
  /** Addresses of trusted authors, lower case. A From line proves nobody: what is run for it is run in the sandbox all the same. */
  readonly authors?: readonly string[] | undefined;
  /** It touches a file that one of these globs matches. */
  readonly paths?: readonly string[] | undefined;
  /** The author links a pipeline of his own that passed so many seconds ago or less. */
  readonly pipeline?: number | undefined;
}

/** When a run starts by itself: for every series, only on request, or by rules. */
export type GateSetting = 'always' | 'on-request' | GateRules;

/** Most runs in 24 hours that nobody asked for; null: no limit. */
export interface Quota {
  readonly author: number | null;
  readonly project: number | null;
}

/** A pipeline that the author points to, as its CI tells it. */
export interface OwnPipeline {
  readonly url: string;
  readonly passed: boolean;
  /** Seconds since it ended. */
  readonly age: number;
}

export interface GateFacts {
  readonly series: Pick<Series, 'state' | 'complete' | 'missing' | 'rfc' | 'author'>;
  /** The mirror has commits of it. */
  readonly applied: boolean;
  /** Somebody who may ask has asked for the run. */
  readonly asked: boolean;
  /** Counting tags on its patches, each person once. */
  readonly tags: number;
  /** Jobs of the plan. */
  readonly jobs: number;
  /** All that it touches. */
  readonly paths: readonly string[];
  /** What of it steers the CI itself. */
  readonly steering: readonly string[];
  readonly pipelines: readonly OwnPipeline[];
  /** Runs of the last 24 hours, not counting this series and those that were asked for. */
  readonly spent: { readonly author: number; readonly project: number };
}

export interface GateAnswer {
  readonly run: boolean;
  readonly reason: string;
}

const no = (reason: string): GateAnswer => ({ run: false, reason });

/** Whether test machines are spent on a series, with the reason in words. Law 9: CI is earned. */
export function gateOf(
  facts: GateFacts,
  gate: GateSetting,
  quota: Quota = { author: null, project: null },
): GateAnswer {
  const { series } = facts;
  if (!series.complete) {
    return no(series.missing.length > 0 ? `incomplete: ${list(series.missing)} missing` : 'incomplete');
  }
  if (!facts.applied) return no('it does not apply');
  if (facts.jobs === 0) return no('no build-test is set up for what it touches');
  if (facts.asked) return { run: true, reason: 'asked for' };
  if (series.state === 'superseded') return no('a later version has arrived');
  if (series.rfc) return no('RFC: runs when asked for');
  const [steering] = facts.steering;
  if (steering !== undefined) return no(`it changes how the CI runs (${steering}): runs when asked for`);
  const earned = earnedBy(facts, gate);
  return earned.run ? (overQuota(facts, quota) ?? earned) : earned;
}

function earnedBy(facts: GateFacts, gate: GateSetting): GateAnswer {
  if (gate === 'always') return { run: true, reason: 'complete and applies' };
  if (gate === 'on-request') return no('runs when asked for');
  const answers = [
    ...tagRule(facts, gate),
    ...authorRule(facts, gate),
    ...pathRule(facts, gate),
    ...pipelineRule(facts, gate),
  ];
  const open = answers.find(({ run }) => run);
  if (open !== undefined) return open;
  const reasons = answers.map(({ reason }) => reason).join('; or ');
  return no(reasons === '' ? 'runs when asked for' : `waits for ${reasons}`);
}

function tagRule({ tags }: GateFacts, { tags: needed }: GateRules): GateAnswer[] {
  if (needed === undefined) return [];
  const run = tags >= needed;
  return [{ run, reason: `${run ? '' : 'tags: '}${tags === 1 ? '1 tag' : `${tags} tags`}, ${needed} needed` }];
}

function authorRule({ series }: GateFacts, { authors }: GateRules): GateAnswer[] {
  if (authors === undefined) return [];
  const run = authors.includes(series.author.email.toLowerCase());
  return [{ run, reason: run ? 'by a trusted author' : 'a trusted author' }];
}

function pathRule({ paths }: GateFacts, { paths: globs }: GateRules): GateAnswer[] {
  if (globs === undefined) return [];
  const touched = paths.find((path) => globs.some((glob) => matchesGlob(path, glob)));
  return [
    {
      run: touched !== undefined,
      reason: touched === undefined ? 'certain files' : `touches ${touched.slice(0, 200)}`,
    },
  ];
}

function pipelineRule({ pipelines }: GateFacts, { pipeline: within }: GateRules): GateAnswer[] {
  if (within === undefined) return [];
  const days = (seconds: number) => `${Math.floor(seconds / 86_400)} days`;
  const good = pipelines.find(({ passed, age }) => passed && age <= within);
  if (good !== undefined) return [{ run: true, reason: `the author's own pipeline passed: ${good.url}` }];
  const passed = pipelines.find((one) => one.passed);
  if (passed !== undefined)
    return [
      no(
        `a fresh pipeline of the author (${passed.url} passed ${days(passed.age)} ago, at most ${days(within)} allowed)`,
      ),
    ];
  const [failed] = pipelines;
  return [no(`a pipeline of the author that passed${failed === undefined ? '' : ` (${failed.url} did not)`}`)];
}

function overQuota({ spent }: GateFacts, quota: Quota): GateAnswer | null {
  if (quota.author !== null && spent.author >= quota.author)
    return no(`quota: ${spent.author} runs for this author in 24 hours, at most ${quota.author}`);
  if (quota.project !== null && spent.project >= quota.project)
    return no(`quota: ${spent.project} runs of the project in 24 hours, at most ${quota.project}`);
  return null;
}

/** At most eight numbers: a cover may claim thousands of patches. */
function list(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 8).join(', ');
  const what = numbers.length === 1 ? 'patch' : 'patches';
  return `${what} ${shown}${numbers.length > 8 ? ` and ${numbers.length - 8} more` : ''}`;
}
