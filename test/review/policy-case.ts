import type { Address } from '../../src/mail/message.ts';
import { parseMaintainers } from '../../src/review/maintainers.ts';
import { NO_MAILMAP } from '../../src/review/mailmap.ts';
import { GENERAL_POLICY, type Policy } from '../../src/review/policy.ts';
import { type Circumstances, NO_CIRCUMSTANCES, readinessOf } from '../../src/review/readiness.ts';
import type { Readiness, Tag } from '../../src/review/tag.ts';
import type { Series } from '../../src/series/series.ts';
import { sampleSeries } from '../helpers/samples.ts';

/** The people of the example tree, by first name. */
export const people = {
  ann: { name: 'Ann Author', email: 'ann@example.org' },
  cora: { name: 'Cora Core', email: 'cora@example.org' },
  carl: { name: 'Carl Core', email: 'carl@example.org' },
  petra: { name: 'Petra Page', email: 'petra@example.org' },
  ted: { name: 'Ted Tools', email: 'ted@example.org' },
  tara: { name: 'Tara Top', email: 'tara@example.org' },
  rita: { name: 'Rita Read', email: 'rita@example.org' },
  rex: { name: 'Rex Release', email: 'rex@example.org' },
} as const satisfies Record<string, Address>;

export const MAINTAINERS = `CORE
M:	Cora Core <cora@example.org>
M:	Carl Core <carl@example.org>
S:	Supported
F:	core/

CORE PAGING
M:	Petra Page <petra@example.org>
R:	Rita Read <rita@example.org>
S:	Supported
F:	core/mm/

TOOLS
M:	Ted Tools <ted@example.org>
S:	Supported
F:	tools/

THE REST
M:	Tara Top <tara@example.org>
S:	Supported
F:	*
F:	*/
V:	xen-maintainers-1
`;

/** One patch of a case: what it touches, who wrote and signed it, who said what. */
export interface CasePatch {
  readonly paths: readonly string[];
  readonly author?: Address;
  readonly signers?: readonly Address[];
  readonly tags?: readonly (readonly [kind: string, by: Address, more?: Partial<Tag>])[];
}

export interface Case extends Partial<Omit<Circumstances, 'policy' | 'maintainers'>> {
  readonly patches: readonly CasePatch[];
  readonly policy?: Partial<Policy>;
  /** Text of the file; null where the tree has none. */
  readonly maintainers?: string | null;
  readonly series?: Partial<Series>;
}

const DATE = '2024-06-28T15:31:13+01:00';

/** A tag as one that counts, given in a reply. */
export function tagOf([kind, by, more]: readonly [string, Address, Partial<Tag>?]): Tag {
  return {
    kind,
    ...by,
    value: `${by.name} <${by.email}>`,
    area: null,
    givenIn: '<reply@example.org>',
    date: DATE,
    status: 'given',
    sender: 'same',
    dkim: null,
    carriedFrom: null,
    why: '',
    ...more,
  };
}

/** The policy's answer to a series. Posted at 0, judged much later. */
export function judged({ patches, policy, maintainers = MAINTAINERS, series, ...around }: Case): Readiness {
  const made = patches.map(({ paths, author = people.ann }, at) => {
    const [sample] = sampleSeries('x').patches;
    const own = { index: at + 1, total: patches.length, msgid: `<p${at + 1}@example.org>`, author, paths };
    return { ...(sample ?? never()), ...own };
  });
  const one = sampleSeries('x', { author: made[0]?.author ?? people.ann, posted: 0, patches: made, ...series });
  const tags = new Map(made.map(({ msgid }, at) => [msgid, (patches[at]?.tags ?? []).map(tagOf)]));
  const signers = new Map(made.map(({ msgid, author }, at) => [msgid, patches[at]?.signers ?? [author]]));
  return readinessOf(one, { cover: [], patches: tags }, signers, {
    ...NO_CIRCUMSTANCES,
    mailmap: NO_MAILMAP,
    ...around,
    maintainers: maintainers === null ? null : parseMaintainers(maintainers),
    policy: { ...GENERAL_POLICY, signOff: true, ...policy },
  });
}

function never(): never {
  throw new Error('the sample series has no patch');
}
