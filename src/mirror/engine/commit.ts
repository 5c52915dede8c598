import type { Address } from '../../mail/message.ts';
import type { Ident } from '../ident.ts';
import { makeObject, type NewObject } from './object.ts';

/**
 * The commit object that `git am --committer-date-is-author-date` makes with this author, committer and message.
 * @param crud the characters that git takes off both ends of names
 */
export function commitObject(
  tree: string,
  parent: string,
  author: Ident,
  committer: Address,
  message: string,
  crud: string,
): NewObject {
  const lines = [
    `tree ${tree}`,
    `parent ${parent}`,
    `author ${person(author.name, author.email, crud)} ${author.date}`,
    `committer ${person(committer.name, committer.email, crud)} ${author.date}`,
  ];
  return makeObject('commit', Buffer.from(`${lines.join('\n')}\n\n${message}`, 'utf8'));
}

function person(name: string, email: string, crud: string): string {
  return `${withoutCrud(name, crud)} <${withoutCrud(email, crud)}>`;
}

/** Takes `crud` off both ends, and angle brackets and newlines out of it (git's ident.c). */
function withoutCrud(text: string, crud: string): string {
  const isCrud = (at: number) => text.charAt(at) <= ' ' || crud.includes(text.charAt(at));
  let start = 0;
  let end = text.length;
  while (start < end && isCrud(start)) start++;
  while (end > start && isCrud(end - 1)) end--;
  return text.slice(start, end).replace(/[\n<>]/g, '');
}
