import { addressList } from './addresses.ts';
import type { HeaderField } from './headers.ts';
import type { Address } from './message.ts';

/** What the headers say about a sender, as needed to find who really wrote. */
export interface Sender {
  readonly from: Address;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly replyTo: readonly Address[];
  readonly listIds: readonly string[];
  readonly fields: readonly HeaderField[];
}

const VIA = /^(.{1,200}?)['"]? via .{1,200}$/i;

/**
 * Undoes what list software does to From for DMARC: `X via list <list@host>` becomes X again, with the address from
 * X-Original-From, else Reply-To, else the Cc or To entry of the same name.
 * Only where From is the list's own address: elsewhere these headers are the sender's claim about somebody else.
 */
export function writerOf(sender: Sender): Address {
  const { from } = sender;
  const name = viaName(from.name);
  if (name === null) return from;
  const original = addressList(sender.fields, 'x-original-from')[0] ?? null;
  if (isRelay(from, original)) return named(original, name);
  if (!isListAddress(sender)) return from;
  const outside = (address: Address): boolean => !sameEmail(address, from);
  const byName = (address: Address): boolean => outside(address) && fold(address.name) === fold(name);
  const replyTo = sender.replyTo.filter(outside);
  const found =
    (original !== null && outside(original) ? original : null) ??
    replyTo.find(byName) ??
    replyTo[0] ??
    sender.cc.find(byName) ??
    sender.to.find(byName) ??
    (isEmail(name) ? { name: '', email: name } : null);
  return found === null ? from : named(found, name);
}

/** The writer's name in `X via list`, or null. Google Groups puts it in single quotes. */
function viaName(name: string): string | null {
  const match = VIA.exec(name.trim());
  const found = match?.[1]?.replace(/^['"]/, '').trim();
  return found === undefined || found === '' ? null : found;
}

/** The name that the person wrote where there is one, never again "X via list". */
function named(address: Address, name: string): Address {
  const own = viaName(address.name) ?? address.name;
  return { name: own === '' || isEmail(own) ? (isEmail(name) ? '' : name) : own, email: address.email };
}

/** kernel.org's relay writes `devnull+user.host.org@kernel.org`: the address itself says who it stands for. */
function isRelay(from: Address, original: Address | null): original is Address {
  return (
    original !== null &&
    from.email.toLowerCase() === `devnull+${original.email.replace('@', '.')}@kernel.org`.toLowerCase()
  );
}

/** By List-Post or List-Id; a mail without either (a reduced archive) by being sent to that very address. */
function isListAddress({ from, to, cc, listIds, fields }: Sender): boolean {
  const email = from.email.toLowerCase();
  const posts = fields.filter((field) => field.name === 'list-post').map((field) => field.value.toLowerCase());
  if (posts.some((value) => value.includes(`<mailto:${email}`)) || listIds.includes(email.replace('@', '.')))
    return true;
  return posts.length === 0 && listIds.length === 0 && [...to, ...cc].some((address) => sameEmail(address, from));
}

function sameEmail(one: Address, other: Address): boolean {
  return one.email.toLowerCase() === other.email.toLowerCase();
}

function fold(name: string): string {
  return name.toLowerCase().replace(/\s+/g, ' ').trim();
}

function isEmail(text: string): boolean {
  return /^[^\s@<>]{1,128}@[^\s@<>]{1,255}$/.test(text);
}
