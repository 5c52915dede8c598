import { z } from 'zod';
import { optional, section } from './field.ts';
import { address, duration, line } from './values.ts';

const yesNo = 'true or false';

/** `projects.NAME.policy`. src/review/policy.ts explains the rules. */
export const policy = section('What a patch needs before it can be committed.', {
  maintainers: optional(z.enum(['none', 'any', 'specific']), 'any', {
    text: 'Whether each file needs the approval of one of its maintainers, by the MAINTAINERS file of the branch. `any`: a more general maintainer will do, and is told apart. `specific`: only the most specific one.',
    allowed: 'none, any, specific',
    example: 'specific',
  }),
  approval_by_other: optional(z.boolean(), true, {
    text: 'Somebody else than the author approves: a Reviewed-by by anybody, or an Acked-by by a maintainer of touched code.',
    allowed: yesNo,
  }),
  sign_off: optional(z.boolean(), false, {
    text: "The author's Signed-off-by stands in the patch.",
    allowed: yesNo,
    example: 'true',
  }),
  objections: optional(z.boolean(), true, {
    text: 'An objection that nobody took back (Nacked-by) stops the patch.',
    allowed: yesNo,
  }),
  minimum_time: optional(duration().nullable(), null, {
    text: 'How long others have had to answer.',
    allowed: 'a time such as 12h or 2d',
    example: '1d',
  }),
  tree: optional(z.enum(['open', 'frozen', 'moratorium']), 'open', {
    text: 'State of the tree until `patchloom tree` says otherwise. `frozen`: each patch needs a release ack. `moratorium`: nothing goes in.',
    allowed: 'open, frozen, moratorium',
    example: 'frozen',
  }),
  release_ack: optional(line().nullable(), 'Release-acked-by', {
    text: 'Kind of the tag that a patch needs while the tree is frozen.',
    allowed: 'the name of a tag',
    example: 'Release-acked-by',
  }),
  release_managers: optional(z.array(address(true)), [], {
    text: 'Only their release acks count, and their mails about the state of the tree are offered. Empty: all acks count, no mail is looked at.',
    allowed: 'a list of mail addresses',
    example: '[release-manager@example.org]',
  }),
  checks: optional(z.array(line()), [], {
    text: 'Checks that must have passed, by the names of their jobs.',
    allowed: 'a list of names',
    example: '[hypervisor-x86_64]',
  }),
  aliases: optional(z.array(z.array(address(true)).min(2)), [], {
    text: "Groups of addresses that are one person's, beside what .mailmap says. The same name is the same person anyway.",
    allowed: 'a list of lists of addresses',
    example: '[[ann@example.org, a.author@example.com]]',
  }),
});
