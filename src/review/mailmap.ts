import type { Address } from '../mail/message.ts';

/** Proper names and addresses of people who have several (gitmailmap(5)). */
export interface Mailmap {
  /** By the commit's name and address, `name\naddress`, both lower case, else by `\naddress`. */
  readonly proper: ReadonlyMap<string, { readonly name: string | null; readonly email: string | null }>;
}

export const NO_MAILMAP: Mailmap = { proper: new Map() };

const LARGEST = 1 << 20;
const MAIL = '<([^<>]{1,300})>';
const LINE = new RegExp(`^([^<>]{0,300})${MAIL}(?:([^<>]{0,300})${MAIL})?\\s*$`);

/** Reads a `.mailmap`. Lines that are none are passed over, as git does. */
export function parseMailmap(text: string): Mailmap {
  const proper = new Map<string, { name: string | null; email: string | null }>();
  for (const raw of text.slice(0, LARGEST).split('\n')) {
    const line = raw.replace(/(?:^|\s)#.*$/, '').trim();
    const found = LINE.exec(line);
    if (found === null) continue;
    const name = (found[1] ?? '').trim();
    const [own = '', other] = [found[2]?.trim(), found[4]?.trim()];
    const written = (found[3] ?? '').trim().toLowerCase();
    const entry = { name: name === '' ? null : name, email: other === undefined ? null : own };
    proper.set(`${written}\n${(other ?? own).toLowerCase()}`, entry);
  }
  return { proper };
}

/** A proper address may have a line of its own; get_maintainer.pl follows it, and a circle has to end. */
const LONGEST_CHAIN = 3;

/** A person under the proper name and address. */
export function mapped({ proper }: Mailmap, person: Address): Address {
  let one = person;
  for (let step = 0; step < LONGEST_CHAIN; step += 1) {
    const email = one.email.toLowerCase();
    const found = proper.get(`${one.name.toLowerCase()}\n${email}`) ?? proper.get(`\n${email}`);
    if (found === undefined) return one;
    one = { name: found.name ?? one.name, email: found.email ?? one.email };
  }
  return one;
}
