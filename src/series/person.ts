import type { Address } from '../mail/message.ts';

/** Letters that Unicode does not take apart. */
const LETTERS: Readonly<Record<string, string>> = { ß: 'ss', ø: 'o', đ: 'd', ł: 'l', æ: 'a', œ: 'o', þ: 'th', ı: 'i' };

/**
 * A name as its sorted words without case, accents and punctuation, so that `Woods, Brian` is `Brian Woods` and
 * `Jürgen Groß` is `Juergen Gross`: an umlaut may be written with or without its e.
 */
export function foldName(name: string): string {
  const plain = name
    .slice(0, 200)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[ßøđłæœþı]/g, (letter) => LETTERS[letter] ?? letter)
    .replaceAll(/([aou])e/g, '$1');
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).sort().join(' ');
}

/** One key for a person with many addresses: the folded name where it has two words or more, else the address. */
export function personKey(person: Address): string {
  const name = foldName(person.name);
  return name.includes(' ') ? name : person.email.toLowerCase();
}
