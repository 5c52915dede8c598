import type { Address } from '../mail/message.ts';
import type { Evidence } from './evidence.ts';
import type { Request, RequestWord } from './request.ts';

/** Who somebody is to a series. */
export type Role = 'author' | 'maintainer' | 'committer';

/** All that decides whether a request is followed. */
export interface AuthorityFacts {
  readonly request: Request;
  readonly writer: Address;
  readonly evidence: Evidence;
  /** Author of the series that is asked about. */
  readonly author: Address;
  /** Addresses, lower case: maintainers of the files that it touches, and committers. */
  readonly maintainers: readonly string[];
  readonly committers: readonly string[];
  readonly allow: Readonly<Record<RequestWord, readonly Role[]>>;
}

export interface Authority {
  /** doubted: nobody knows who wrote it, so it is not answered either: the answer would go to whoever was named. */
  readonly verdict: 'allowed' | 'refused' | 'doubted';
  readonly reason: string;
}

/** Whether a request may be followed, and why (not). */
export function authorityOf(facts: AuthorityFacts): Authority {
  const { request, writer, evidence, allow } = facts;
  if (evidence.kind === 'none') return { verdict: 'doubted', reason: evidence.reason };
  if (request.word === null) return { verdict: 'refused', reason: 'this is nothing that can be asked for' };
  const whole = request.argument === 'project';
  // Everybody may stop mail to himself.
  if (request.word === 'opt-out' && !whole) return { verdict: 'allowed', reason: 'about mail to himself' };
  const roles = rolesOf(facts);
  // Who may silence a project may have it speak again.
  const allowed = allow[request.word === 'resume' && whole ? 'opt-out' : request.word];
  const role = roles.find((one) => allowed.includes(one));
  if (role !== undefined) return { verdict: 'allowed', reason: `${role}, ${wordsOf(evidence)}` };
  const may = allowed.join(' or ');
  const who = roles.length === 0 ? `${writer.email} is none of them here` : `${writer.email} is ${roles.join(', ')}`;
  return { verdict: 'refused', reason: may === '' ? 'nobody may ask for this' : `only ${may} may; ${who}` };
}

function rolesOf({ writer, author, maintainers, committers }: AuthorityFacts): readonly Role[] {
  const email = writer.email.toLowerCase();
  return [
    ...(sameAddress(author, writer) ? (['author'] as const) : []),
    ...(maintainers.includes(email) ? (['maintainer'] as const) : []),
    ...(committers.includes(email) ? (['committer'] as const) : []),
  ];
}

/** A name can be put on by anybody: only the address counts, because only the address is what DKIM speaks for. */
function sameAddress(one: Address, other: Address): boolean {
  return one.email.toLowerCase() === other.email.toLowerCase();
}

function wordsOf(evidence: Evidence): string {
  return evidence.kind === 'dkim' ? `signed by ${evidence.domain}` : 'signed with a listed key';
}
