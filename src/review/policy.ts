/** Whether patches may go in at all (Xen: docs/process/xen-release-management). */
export type TreeState = 'open' | 'frozen' | 'moratorium';

/**
 * The check-in policy of a project, as data. Its words are those of Xen's MAINTAINERS ("Check-in policy"); every rule can be switched off.
 */
export interface Policy {
  /** Each touched file needs the approval of one of its maintainers. `any`: a more general one will do, and is told apart; `specific`: the most specific only. */
  readonly maintainers: 'none' | 'any' | 'specific';
  /** Somebody else than the author approves: a Reviewed-by by anybody, or an Acked-by by a maintainer of touched code. */
  readonly approvalByOther: boolean;
  /** The author's Signed-off-by stands in the patch. */
  readonly signOff: boolean;
  /** An objection that nobody took back stops the patch. */
  readonly objections: boolean;
  /** Seconds that others have to answer. */
  readonly minimumTime: number;
  /** State of the tree where nothing newer was said. */
  readonly tree: TreeState;
  /** Kind of the tag that a patch needs while the tree is frozen; empty: a frozen tree takes patches as an open one does. */
  readonly releaseAck: string;
  /** Addresses whose release acks count, and whose mails about the tree's state are heard; empty: everybody's acks count and nobody is heard. */
  readonly releaseManagers: readonly string[];
  /** Checks that must have passed, by name. */
  readonly checks: readonly string[];
  /** Addresses that are one person's, in groups, beside what .mailmap says. */
  readonly aliases: readonly (readonly string[])[];
}

/** What holds on any list: somebody else approves, nobody objects. */
export const GENERAL_POLICY: Policy = {
  maintainers: 'any',
  approvalByOther: true,
  signOff: false,
  objections: true,
  minimumTime: 0,
  tree: 'open',
  releaseAck: 'Release-acked-by',
  releaseManagers: [],
  checks: [],
  aliases: [],
};
