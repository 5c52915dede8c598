import { z } from 'zod';
import { optional, required, section } from './field.ts';
import { address, line } from './values.ts';

/** What a token may be allowed. */
export const RIGHTS = ['checks', 'states', 'delegate', 'bundles'] as const;

const token = section('One program or person that may write through the APIs. `patchloom token NAME` makes one.', {
  name: required(line(), {
    text: 'Who uses it: the user name in the Patchwork API. Letters, digits, ".", "_", "@", "+" and "-".',
    allowed: 'a name',
    example: 'arm-farm',
  }),
  email: required(address(true), {
    text: 'Address of who uses it. Patches are delegated to it, and bundles belong to it.',
    allowed: 'a mail address',
    example: 'ci@example.org',
  }),
  sha256: required(z.string().regex(/^[0-9a-f]{64}$/), {
    text: 'SHA-256 of the token, in hex: the token itself is kept nowhere.',
    allowed: '64 hex digits',
    example: '"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
  }),
  may: required(z.array(z.enum(RIGHTS)).min(1), {
    text: '`checks`: post results. `states`: state, archived and commit of patches. `delegate`: who looks after a patch. `bundles`: own bundles.',
    allowed: `a list of ${RIGHTS.join(', ')}`,
    example: '[checks]',
  }),
  projects: optional(z.array(line()), [], {
    text: 'Projects in which it may write; all where empty.',
    allowed: 'a list of project names',
    example: '[xen]',
  }),
});

/** `web.tokens`. */
export const tokens = optional(z.array(token), [], {
  text: 'Who may write through the APIs, and what. Reading needs no token.',
  allowed: 'a list of tokens',
});
