import type { Address } from '../mail/message.ts';
import { foldName } from '../series/person.ts';
import type { TagSender } from './tag.ts';

/** Whether the words of one folded name are among the other's: `Alexandru Isaila` and `Alexandru Stefan Isaila`. */
function isPart(one: string, other: string): boolean {
  const words = one.split(' ');
  const all = new Set(other.split(' '));
  return words.length >= 2 && words.every((word) => all.has(word));
}

/** Whether two names share the last word, and one's first word is short for the other's: `Matt Ho`, `Matthew Ho`. */
function isShortForm(one: string, other: string): boolean {
  const [a, b] = [one.trim().split(/\s+/).map(foldName), other.trim().split(/\s+/).map(foldName)];
  const [short = '', long = ''] = [a[0] ?? '', b[0] ?? ''].toSorted((x, y) => x.length - y.length);
  return a.length > 1 && b.length > 1 && a.at(-1) === b.at(-1) && short.length >= 3 && long.startsWith(short);
}

/** Whether two names are one person's, by their folded words. A single word alone is too little. */
function sameName(one: string, other: string): boolean {
  const [a, b] = [foldName(one), foldName(other)];
  if (!a.includes(' ') || !b.includes(' ')) return false;
  return a === b || isPart(a, b) || isPart(b, a) || isShortForm(one, other);
}

/** Address without case and without `+detail`. */
function plainAddress(email: string): string {
  return email.toLowerCase().replace(/\+[^@]*(?=@)/, '');
}

/** How the person that a tag names relates to the one who sent the mail. The address decides before the name. */
export function senderOf(named: Address, sender: Address): TagSender {
  if (plainAddress(named.email) === plainAddress(sender.email)) return 'same';
  return sameName(named.name, sender.name) ? 'other-address' : 'other-person';
}

export function isSamePerson(one: Address, other: Address): boolean {
  return senderOf(one, other) !== 'other-person';
}
