import type { Address } from '../mail/message.ts';
import { isSamePerson } from './identity.ts';
import { type Mailmap, mapped } from './mailmap.ts';

/** Answers who is who. */
export interface People {
  /** Whether two addresses are one person's: by .mailmap and the project's table, then by address, then by name. */
  same(one: Address, other: Address): boolean;
  /** Whether one of `all` is the person. */
  among(person: Address, all: readonly Address[]): boolean;
}

/** Pairs that are remembered. The people of a project are few; a flood of names from mail must not fill the memory. */
const REMEMBERED = 200_000;

/**
 * @param mailmap of the tree
 * @param aliases groups of addresses that are one person's, from the project's configuration
 */
export function peopleOf(mailmap: Mailmap, aliases: readonly (readonly string[])[]): People {
  const first = new Map(aliases.flatMap((group) => group.map((email) => [email.toLowerCase(), group[0] ?? email])));
  const proper = (person: Address): Address => {
    const one = mapped(mailmap, person);
    const alias = first.get(one.email.toLowerCase());
    return alias === undefined ? one : { name: one.name, email: alias };
  };
  const answers = new Map<string, boolean>();
  const same = (one: Address, other: Address): boolean => {
    if (one.email !== '' && one.email === other.email) return true;
    const key = `${one.name}\n${one.email}\n${other.name}\n${other.email}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = isSamePerson(proper(one), proper(other));
    if (answers.size < REMEMBERED) answers.set(key, answer);
    return answer;
  };
  return { same, among: (person, all) => all.some((one) => same(person, one)) };
}
