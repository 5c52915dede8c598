import type { Address } from '../mail/message.ts';
import type { UpstreamCommit } from '../mirror/upstream-log.ts';
import { commitTags } from '../review/commit-tags.ts';
import { kindOf } from '../review/kinds.ts';
import { type Mailmap, mapped } from '../review/mailmap.ts';
import { personKey } from '../series/person.ts';

/** Who is who, and who belongs where. */
export interface ReleaseNames {
  readonly mailmap: Mailmap;
  readonly aliases: readonly (readonly string[])[];
  /** Names of organisations by domain or by address, lower case. */
  readonly organisations: Readonly<Record<string, string>>;
  /** Everybody who had written a commit before. */
  readonly known: readonly Address[];
}

/** What one person did in a range. */
export interface Contribution {
  /** Name and address used most. */
  readonly person: Address;
  readonly organisation: string;
  /** Commits written. */
  readonly authored: number;
  readonly committed: number;
  /** Commits reviewed or acked; both by one person count once. */
  readonly reviewed: number;
  readonly tested: number;
  readonly reported: number;
  /** Reviewed commits by area. */
  readonly reviewedAreas: Readonly<Record<string, number>>;
  /** Wrote a commit, and never had before. */
  readonly first: boolean;
}

/** What the people of one organisation did. */
export interface Organisation {
  readonly name: string;
  readonly people: number;
  readonly authored: number;
  readonly reviewed: number;
}

/** Domains of whoever wants an address; they say nothing of an employer. */
const FREE_MAIL = new Set([
  'gmail.com',
  'googlemail.com',
  'outlook.com',
  'hotmail.com',
  'yahoo.com',
  'protonmail.com',
  'proton.me',
  'gmx.de',
  'gmx.net',
  'icloud.com',
  'users.noreply.github.com',
]);

/** `linux.example.com` as `example.com`, `x.example.co.uk` as `example.co.uk`: machines are no organisations. */
function registeredDomain(domain: string): string {
  const labels = domain.split('.');
  const [second = '', top = ''] = labels.slice(-2);
  const shared = top.length === 2 && /^(?:ac|co|com|edu|gov|net|org)$/.test(second);
  return labels.slice(shared ? -3 : -2).join('.');
}

function organisationOf({ email }: Address, table: ReleaseNames['organisations']): string {
  const address = email.toLowerCase();
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const own = table[address] ?? table[domain];
  if (own !== undefined) return own;
  // A table entry for example.org is one for its machines and parts, too.
  const parent = Object.keys(table).find((name) => !name.includes('@') && domain.endsWith(`.${name}`));
  if (parent !== undefined) return table[parent] ?? parent;
  return FREE_MAIL.has(domain) ? 'unaffiliated' : registeredDomain(domain);
}

/** One key for a person with many names and addresses. */
function keyer({ mailmap, aliases }: Pick<ReleaseNames, 'mailmap' | 'aliases'>): (person: Address) => string {
  const first = new Map(aliases.flatMap((group) => group.map((email) => [email.toLowerCase(), group[0] ?? email])));
  const byAddress = new Map<string, string>();
  return (person) => {
    const proper = mapped(mailmap, person);
    const email = (first.get(proper.email.toLowerCase()) ?? proper.email).toLowerCase();
    const known = byAddress.get(email);
    if (known !== undefined) return known;
    const key = personKey({ name: proper.name, email });
    byAddress.set(email, key);
    return key;
  };
}

interface Tally {
  readonly faces: Map<string, { readonly person: Address; count: number }>;
  authored: number;
  committed: number;
  reviewed: number;
  tested: number;
  reported: number;
  readonly areas: Map<string, number>;
}

function emptyTally(): Tally {
  return { faces: new Map(), authored: 0, committed: 0, reviewed: 0, tested: 0, reported: 0, areas: new Map() };
}

function face({ faces }: Tally): Address {
  const [best] = [...faces.values()].toSorted((one, other) => other.count - one.count);
  return best?.person ?? { name: '', email: '' };
}

/** What everybody did, those who did most first. @param areas of the commits, in their order */
export function contributionsOf(
  commits: readonly UpstreamCommit[],
  areas: readonly string[],
  names: ReleaseNames,
): readonly Contribution[] {
  const keyOf = keyer(names);
  const known = new Set(names.known.map(keyOf));
  const tallies = new Map<string, Tally>();
  const tallyOf = (person: Address): Tally => {
    const key = keyOf(person);
    const tally = tallies.get(key) ?? emptyTally();
    tallies.set(key, tally);
    const proper = mapped(names.mailmap, person);
    const shown = `${proper.name} <${proper.email}>`;
    const seen = tally.faces.get(shown) ?? { person: proper, count: 0 };
    seen.count += 1;
    tally.faces.set(shown, seen);
    return tally;
  };
  for (const [at, commit] of commits.entries()) {
    tallyOf(commit.author).authored += 1;
    tallyOf(commit.committer).committed += 1;
    const done = { reviewed: new Set<Tally>(), tested: new Set<Tally>(), reported: new Set<Tally>() };
    for (const { kind, person } of commitTags(commit.message)) {
      if (person === null) continue;
      if (kindOf(kind)?.review === true) done.reviewed.add(tallyOf(person));
      if (/tested/i.test(kind)) done.tested.add(tallyOf(person));
      if (/reported/i.test(kind)) done.reported.add(tallyOf(person));
    }
    const area = areas[at] ?? '';
    for (const tally of done.reviewed) {
      tally.reviewed += 1;
      tally.areas.set(area, (tally.areas.get(area) ?? 0) + 1);
    }
    for (const tally of done.tested) tally.tested += 1;
    for (const tally of done.reported) tally.reported += 1;
  }
  return [...tallies]
    .map(([key, tally]): Contribution => {
      const person = face(tally);
      const { authored, committed, reviewed, tested, reported } = tally;
      const most = [...tally.areas].toSorted((one, other) => other[1] - one[1]);
      return {
        person,
        organisation: organisationOf(person, names.organisations),
        authored,
        committed,
        reviewed,
        tested,
        reported,
        reviewedAreas: Object.fromEntries(most),
        first: authored > 0 && !known.has(key),
      };
    })
    .toSorted(
      (one, other) =>
        other.authored - one.authored ||
        other.reviewed - one.reviewed ||
        (one.person.name < other.person.name ? -1 : 1),
    );
}

/** Sums by organisation, those who wrote most first. */
export function organisationsOf(people: readonly Contribution[]): readonly Organisation[] {
  const names = [...new Set(people.map(({ organisation }) => organisation))];
  return names
    .map((name) => {
      const own = people.filter(({ organisation }) => organisation === name);
      const sum = (of: (one: Contribution) => number): number => own.reduce((total, one) => total + of(one), 0);
      return { name, people: own.length, authored: sum((one) => one.authored), reviewed: sum((one) => one.reviewed) };
    })
    .toSorted(
      (one, other) =>
        other.authored - one.authored || other.reviewed - one.reviewed || (one.name < other.name ? -1 : 1),
    );
}
