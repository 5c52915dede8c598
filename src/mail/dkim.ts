/** The records of type TXT under a name of the DNS, each in its strings. Rejects with code ENOTFOUND or ENODATA where there are none. */
export type TxtLookup = (name: string) => Promise<readonly (readonly string[])[]>;

const DOMAIN = /^[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?$/i;

/**
 * What the DKIM signatures of a mail (RFC 6376) say at the time of its receipt, in a word or two that are kept as evidence:
 *
 *   `pass DOMAIN`   a good signature over the whole body by the domain of the From address (or one that it is aligned with)
 *   `other DOMAIN`  good signatures, but only by others: a list's own
 *   `broken`        signatures that do not hold, as after a list has changed the mail
 *   `none`          no signature
 *   `unknown`       the key could not be asked for
 *
 * A signature with a body length that leaves a tail unsigned passes for nothing: the tail may be anybody's.
 */
export async function dkimVerdict(raw: Uint8Array, lookup: TxtLookup): Promise<string> {
  const { dkimVerify } = await import('mailauth/lib/dkim/verify.js');
  const { results } = await dkimVerify(Buffer.from(raw), {
    resolver: async (name: string, type: string) => {
      if (type !== 'TXT') throw Object.assign(new Error(`no ${type} here`), { code: 'ENODATA' });
      return (await lookup(name)).map((strings) => [...strings]);
    },
  });
  const signed = results.filter(({ signingDomain }) => typeof signingDomain === 'string' && DOMAIN.test(signingDomain));
  const good = signed.filter((one) => one.status.result === 'pass' && one.canonBodyLengthLimited !== true);
  const own = good.find((one) => one.status.aligned);
  if (own !== undefined) return `pass ${own.signingDomain?.toLowerCase()}`;
  if (good[0] !== undefined) return `other ${good[0].signingDomain?.toLowerCase()}`;
  if (signed.length === 0) return 'none';
  return signed.some((one) => one.status.result === 'temperror') ? 'unknown' : 'broken';
}
