import type { Address } from '../mail/message.ts';

/**
 * A person as MAINTAINERS, .mailmap and trailers write one: `Name <address>`, `"Name" <address>`, `<address>` or a bare address.
 * Whatever follows the address is left out. Null where there is no address.
 */
export function parsePerson(value: string): Address | null {
  const text = value.slice(0, 1000).replaceAll(/\s+/g, ' ').trim();
  const found = /^([^<>]*)<([^<>\s]+@[^<>\s]+)>/.exec(text);
  if (found !== null) {
    const name = (found[1] ?? '').trim().replace(/^"(.*)"$/, '$1');
    return { name: name.replaceAll(/\\(.)/g, '$1').trim(), email: found[2] ?? '' };
  }
  const bare = /^([^\s<>@]+@[^\s<>@,]+)/.exec(text);
  return bare === null ? null : { name: '', email: bare[1] ?? '' };
}
