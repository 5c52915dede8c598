import { z } from 'zod';
import { optional, required, section } from './field.ts';
import { address, line, tokenHash } from './values.ts';

/** What a token may be allowed. */
export const RIGHTS = ['checks', 'states', 'delegate', 'bundles'] as const;

const token = section('One program or person that may write through the APIs.', {
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
  hash: required(tokenHash(), {
    text: 'Hash of the token, which itself is kept nowhere; `patchloom outbox token` makes both.',
    allowed: 'sha256: and 64 hexadecimal digits',
    example: '"sha256:5e88…"',
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
