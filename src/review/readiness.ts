import type { Address } from '../mail/message.ts';
import type { Series, SeriesPatch } from '../series/series.ts';
import { type Mailmap, NO_MAILMAP } from './mailmap.ts';
import type { Maintainers } from './maintainers.ts';
import { peopleOf } from './people.ts';
import { GENERAL_POLICY, type Policy, type TreeState } from './policy.ts';
import { patchNeeds } from './policy-needs.ts';
import { approvalsOf, type PatchApprovals } from './policy-patch.ts';
import type { Need, PatchVerdict, Readiness, SeriesTags, PolicyVerdict } from './tag.ts';

/** What the policy looks at beside the mails of a series. Everything is optional knowledge: what is not known is not judged. */
export interface Circumstances {
  readonly policy: Policy;
  /** Of the tree that the series applies on; null where it has none, or it is not known. */
  readonly maintainers: Maintainers | null;
  readonly mailmap: Mailmap;
  readonly tree: { readonly state: TreeState; readonly since: number };
  /** Null where applying was not tried, or went well. */
  readonly conflict: string | null;
  readonly checks: readonly { readonly context: string; readonly state: string; readonly at: number }[];
  /** Epoch ms. */
  readonly now: number;
}

export const NO_CIRCUMSTANCES: Circumstances = {
  policy: GENERAL_POLICY,
  maintainers: null,
  mailmap: NO_MAILMAP,
  tree: { state: 'open', since: 0 },
  conflict: null,
  checks: [],
  now: Number.MAX_SAFE_INTEGER,
};

const NOBODY = { patch: null, files: [], who: [] } as const;

/** What stops the series as a whole. */
function seriesNeeds(series: Series, around: Circumstances): readonly Need[] {
  const { policy, tree, conflict, now } = around;
  const since = series.posted;
  const needs: Need[] = [];
  const author = { ...NOBODY, role: 'author', who: [series.author], since } as const;
  if (series.rfc) needs.push({ ...author, rule: 'rfc', text: 'posted as RFC: for comments, not to be committed' });
  if (conflict !== null) needs.push({ ...author, rule: 'applies', text: `does not apply: ${conflict}` });
  if (tree.state === 'moratorium') {
    const text = 'commit moratorium: nothing may go in';
    needs.push({ ...NOBODY, rule: 'tree', role: 'release-manager', text, since: tree.since });
  }
  const due = series.posted + policy.minimumTime * 1000;
  if (policy.minimumTime > 0 && due > now) {
    const text = `others have until ${new Date(due).toISOString().slice(0, 16)}Z to answer`;
    needs.push({ ...NOBODY, rule: 'time', role: 'nobody', text, since });
  }
  return [...needs, ...checkNeeds(series, around)];
}

function checkNeeds({ posted }: Series, { policy, checks }: Circumstances): readonly Need[] {
  return policy.checks.flatMap((context): Need[] => {
    const own = checks.filter((check) => check.context === context);
    const failed = own.find(({ state }) => state === 'fail');
    if (failed === undefined && own.some(({ state }) => state === 'success' || state === 'warning')) return [];
    const text = failed === undefined ? `check ${context} has not passed yet` : `check ${context} failed`;
    const role = failed === undefined ? 'committer' : 'author';
    return [{ ...NOBODY, rule: 'check', role, text, since: failed?.at ?? posted }];
  });
}

function arrivalNeeds(series: Series): readonly Need[] {
  return series.missing.map((index) => ({
    rule: 'arrival',
    patch: index,
    text: `patch ${index} has not arrived`,
    role: 'author',
    who: [series.author],
    since: series.posted,
    files: [],
  }));
}

function patchVerdict(patch: SeriesPatch, { files }: PatchApprovals, needs: readonly Need[]): PatchVerdict {
  const judged = (files ?? []).filter(({ levels }) => levels.length > 0);
  const general = judged.filter(({ level }) => level !== null && level > 0).map(({ path }) => path);
  const approved = judged.length > 0 && judged.every(({ level }) => level !== null);
  const by = approved ? (general.length > 0 ? 'general' : 'specific') : null;
  return { index: patch.index, msgid: patch.msgid, ready: needs.length === 0, by, general };
}

/** So many of the first patches need nothing, and come without a gap. */
function prefixOf(patches: readonly PatchVerdict[]): number {
  const first = patches.findIndex((one, at) => !one.ready || one.index !== at + 1);
  return first < 0 ? patches.length : first;
}

function worst(patches: readonly PatchVerdict[]): PatchVerdict['by'] {
  if (patches.length === 0 || patches.some(({ by }) => by === null)) return null;
  return patches.some(({ by }) => by === 'general') ? 'general' : 'specific';
}

/**
 * Whether a series can be committed, by the policy of its project. `blocked` is an open objection, `waiting` all else that is missing.
 * @param signers those of Signed-off-by in each patch, by its Message-ID
 */
export function readinessOf(
  series: Series,
  tags: SeriesTags,
  signers: ReadonlyMap<string, readonly Address[]> = new Map(),
  around: Circumstances = NO_CIRCUMSTANCES,
): Readiness {
  const people = peopleOf(around.mailmap, around.policy.aliases);
  const frozen = around.tree.state === 'frozen' ? around.tree.since : null;
  const judged = series.patches.map((patch) => {
    const own = { tags: tags.patches.get(patch.msgid) ?? [], signers: signers.get(patch.msgid) ?? [] };
    const approvals = approvalsOf({ author: patch.author, paths: patch.paths, ...own }, around.maintainers, people);
    const one = { patch, approvals, posted: series.posted, ...own };
    const needs = patchNeeds(one, around.policy, people, frozen);
    return { needs, verdict: patchVerdict(patch, approvals, needs) };
  });
  const whole = seriesNeeds(series, around);
  const own = [...arrivalNeeds(series), ...judged.flatMap(({ needs }) => needs)];
  const needs = [...own.filter(isObjection), ...whole, ...own.filter((need) => !isObjection(need))];
  const patches = judged.map(({ verdict }) => verdict);
  const verdict: PolicyVerdict = {
    patches,
    prefix: whole.length > 0 ? 0 : prefixOf(patches),
    by: worst(patches),
    needs,
  };
  return { state: stateOf(series, needs), missing: needs.map(({ text }) => text), verdict };
}

function isObjection({ rule }: Need): boolean {
  return rule === 'objection';
}

function stateOf(series: Series, needs: readonly Need[]): Readiness['state'] {
  if (needs.some(isObjection)) return 'blocked';
  return series.patches.length === 0 || needs.length > 0 ? 'waiting' : 'ready';
}
