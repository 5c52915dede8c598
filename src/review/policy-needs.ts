import type { Address } from '../mail/message.ts';
import type { SeriesPatch } from '../series/series.ts';
import type { Section } from './maintainers.ts';
import type { People } from './people.ts';
import type { Policy } from './policy.ts';
import type { FileApproval, PatchApprovals } from './policy-patch.ts';
import { COUNTING, type Need, type Tag } from './tag.ts';

/** What the needs of one patch are worked out from. */
export interface PatchCase {
  readonly patch: SeriesPatch;
  readonly tags: readonly Tag[];
  readonly signers: readonly Address[];
  readonly approvals: PatchApprovals;
  /** Time of posting, epoch ms. */
  readonly posted: number;
}

function withoutAuthor(people: People, able: readonly Address[], author: Address): readonly Address[] {
  const found: Address[] = [];
  for (const one of able) if (!people.same(one, author) && !people.among(one, found)) found.push(one);
  return found;
}

/** Files with the same most specific sections wait for the same people. */
function bySections(files: readonly FileApproval[]): readonly (readonly FileApproval[])[] {
  const groups = new Map<string, FileApproval[]>();
  for (const file of files) {
    const key = (file.levels[0] ?? []).map(({ name }) => name).join('\n');
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups.values()];
}

function filesWords(files: readonly FileApproval[]): string {
  const [first] = files;
  return `${first?.path ?? ''}${files.length > 1 ? ` and ${files.length - 1} more` : ''}`;
}

function sectionWords(sections: readonly Section[]): string {
  return sections.map(({ name }) => name).join(', ');
}

function maintainerNeeds(one: PatchCase, policy: Policy, people: People): Need[] {
  if (policy.maintainers === 'none' || one.approvals.files === null) return [];
  const enough = (file: FileApproval): boolean =>
    file.levels.length === 0 || (policy.maintainers === 'specific' ? file.level === 0 : file.level !== null);
  return bySections(one.approvals.files.filter((file) => !enough(file))).map((files): Need => {
    const specific = files[0]?.levels[0] ?? [];
    const able = specific.flatMap(({ maintainers }) => maintainers);
    return {
      rule: 'maintainer',
      patch: one.patch.index,
      text: `patch ${one.patch.index}: no approval by a maintainer of ${filesWords(files)} (${sectionWords(specific)})`,
      role: 'maintainer',
      who: withoutAuthor(people, able, one.patch.author),
      since: one.posted,
      files: files.map(({ path }) => path),
    };
  });
}

/** Whoever maintains a touched file is the first to be asked for a review. */
function otherNeed(one: PatchCase, policy: Policy, people: People): Need[] {
  if (!policy.approvalByOther || one.approvals.other !== null) return [];
  const able = (one.approvals.files ?? []).flatMap(({ levels }) => levels[0] ?? []);
  return [
    {
      rule: 'other',
      patch: one.patch.index,
      text: `patch ${one.patch.index}: no Acked-by or Reviewed-by by somebody other than the author`,
      role: 'reviewer',
      who: withoutAuthor(
        people,
        [...new Set(able)].flatMap(({ maintainers }) => maintainers),
        one.patch.author,
      ),
      since: one.posted,
      files: [],
    },
  ];
}

function objectionNeeds(one: PatchCase, policy: Policy, people: People): Need[] {
  if (!policy.objections) return [];
  const able = (one.approvals.files ?? [])
    .flatMap(({ levels }) => levels.flat())
    .flatMap((section) => section.maintainers);
  return one.tags
    .filter((tag) => tag.status === 'objection')
    .map((tag): Need => {
      // "Maintainers may choose to override non-maintainer objections": said, but left to them.
      const other = able.length > 0 && !people.among(tag, able) ? '; a maintainer may override it' : '';
      return {
        rule: 'objection',
        patch: one.patch.index,
        text: `patch ${one.patch.index}: ${tag.kind} ${tag.name} <${tag.email}>${other}`,
        role: 'reviewer',
        who: [{ name: tag.name, email: tag.email }],
        since: Date.parse(tag.date),
        files: [],
      };
    });
}

function signOffNeed(one: PatchCase, policy: Policy, people: People): Need[] {
  if (!policy.signOff || people.among(one.patch.author, one.signers)) return [];
  return [
    {
      rule: 'sign-off',
      patch: one.patch.index,
      text: `patch ${one.patch.index}: no Signed-off-by by its author`,
      role: 'author',
      who: [one.patch.author],
      since: one.posted,
      files: [],
    },
  ];
}

function releaseNeed(one: PatchCase, policy: Policy, frozenSince: number): Need[] {
  if (policy.releaseAck === '') return [];
  const kind = policy.releaseAck.toLowerCase();
  const managers = new Set(policy.releaseManagers);
  const given = one.tags.some(
    (tag) =>
      COUNTING.has(tag.status) &&
      tag.kind.toLowerCase() === kind &&
      (managers.size === 0 || managers.has(tag.email.toLowerCase())),
  );
  if (given) return [];
  return [
    {
      rule: 'release-ack',
      patch: one.patch.index,
      text: `patch ${one.patch.index}: no ${policy.releaseAck} while the tree is frozen`,
      role: 'release-manager',
      who: policy.releaseManagers.map((email) => ({ name: '', email })),
      since: Math.max(one.posted, frozenSince),
      files: [],
    },
  ];
}

/**
 * What is missing of one patch by itself. A missing maintainer's approval is not told again as the missing approval by somebody
 * else: it would be both.
 * @param frozenSince epoch ms, or null where the tree is not frozen
 */
export function patchNeeds(
  one: PatchCase,
  policy: Policy,
  people: People,
  frozenSince: number | null,
): readonly Need[] {
  const maintainer = maintainerNeeds(one, policy, people);
  return [
    ...objectionNeeds(one, policy, people),
    ...maintainer,
    ...(maintainer.length > 0 ? [] : otherNeed(one, policy, people)),
    ...signOffNeed(one, policy, people),
    ...(frozenSince === null ? [] : releaseNeed(one, policy, frozenSince)),
  ];
}
