import { trimBlanks } from '../util/blanks.ts';
import type { Address } from '../mail/message.ts';
import { gitFailed, runGit } from './git.ts';

/** Author of a commit as git stores it. */
export interface Ident {
  readonly name: string;
  readonly email: string;
  /** `<seconds since 1970> <zone>`, e.g. `1719585073 +0100`. */
  readonly date: string;
}

/** Longer names are taken for something else; git mailinfo's number. */
const LONGEST_NAME = 60;

/**
 * The author of a commit from the author of a patch. Follows git mailinfo: a name that is too long or looks like an address
 * is replaced by the address. git itself takes dots, quotes and the like off both ends.
 * @returns the ident, or in words why there is none
 */
export function identOf(author: Address, date: string): Ident | { readonly problem: string } {
  if (/[\0\r\n]/.test(author.name + author.email)) return { problem: "the author's name holds a line break or a NUL" };
  const email = trimBlanks(author.email.replace(/[<>]/g, ''));
  if (isCrud(email)) return { problem: 'the author has no mail address' };
  const name = trimBlanks(author.name);
  const odd = isCrud(name) || Buffer.byteLength(name) > LONGEST_NAME || /[@<>]/.test(name);
  const when = gitDate(date);
  return when === null
    ? { problem: 'the date of the patch cannot be read' }
    : { name: odd ? email : name, email, date: when };
}

/**
 * The characters, besides blanks and controls, that the git of this machine takes off both ends of names (ident.c). Older ones
 * take a full stop, too: `Ann Author, Jr.` has lost its last character in their commits.
 * @throws PatchloomError GIT_FAILED
 */
export async function crudOfGit(): Promise<string> {
  const env = { GIT_AUTHOR_NAME: 'x.', GIT_AUTHOR_EMAIL: 'x', GIT_AUTHOR_DATE: '@0 +0000' };
  const result = await runGit(null, ['var', 'GIT_AUTHOR_IDENT'], { env });
  if (result.code !== 0) throw gitFailed('', 'var', result);
  const keepsDots = result.stdout.toString('latin1').startsWith('x. ');
  return keepsDots ? ',:;<>"\\\'' : '.,:;<>"\\\'';
}

/** git's word for characters that it takes off the ends of names. */
function isCrud(text: string): boolean {
  return /^[\u0000-\u0020.,:;<>"\\']*$/.test(text);
}

/** ISO 8601 with zone as git's raw date, null where it is none or before 1970. */
export function gitDate(iso: string): string | null {
  const seconds = Math.floor(Date.parse(iso) / 1000);
  if (!Number.isFinite(seconds) || seconds < 0) return null;
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)$/.exec(iso.slice(10)) ?? [];
  const zone = sign === undefined || `${hours}${minutes}` === '0000' ? '+0000' : `${sign}${hours}${minutes}`;
  return `${seconds} ${zone}`;
}
