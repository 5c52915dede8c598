import { z } from 'zod';
import { optional, required, section } from './field.ts';
import { branch, duration, line, repository, secret, size, webPage } from './values.ts';

/** `projects.NAME.git`. docs/mirror.md explains what is made of it. */
export const git = section(
  'The repository that series are applied to. Left out: series are followed, but not applied.',
  {
    upstream: required(repository(), {
      text: 'Where it is fetched from.',
      allowed: 'a URL (https, ssh, git, file), user@host:path, or a path',
      example: 'https://xenbits.xen.org/git-http/xen.git',
    }),
    publish: optional(z.union([repository(), z.array(repository())]).nullable(), null, {
      text: 'Where the branches of applied series are pushed to: one place or several. They stay with patchloom where not given.',
      allowed: 'a URL, user@host:path, or a path; or a list of them',
      example: 'git@example.org:patches.git',
    }),
    branch: required(branch(), { text: 'Branch that series are for.', allowed: 'a branch name', example: 'staging' }),
    target_branch: optional(branch().nullable(), null, {
      text: 'Branch for a series with a target (`[PATCH for-4.19]`); `{target}` becomes the target. `branch` is used where it does not exist.',
      allowed: 'a branch name with {target}',
      example: 'staging-{target}',
    }),
    watch: optional(z.array(line()), [], {
      text: 'Branches in which committed patches are looked for, as names or globs. Empty: `branch` alone.',
      allowed: 'a list of branch names or globs',
      example: '[staging, "staging-*"]',
    }),
    hook: optional(secret().nullable(), null, {
      text: 'Where the secret is with which upstream may say that it has moved, by a POST to `/webhooks/upstream/NAME` of the web server: GitHub and GitLab push webhooks, or a hook with `Authorization: Bearer`. Without it upstream is looked at every ten minutes.',
      allowed: '{env: NAME} or {file: PATH}',
      example: '{env: UPSTREAM_HOOK}',
    }),
    browse: optional(webPage().nullable(), null, {
      text: 'Web page of a published branch; `{ref}` becomes its name.',
      allowed: 'an http or https URL with {ref}',
      example: 'https://example.org/patches/tree/{ref}',
    }),
    strip: optional(z.int().min(0).max(9), 1, {
      text: 'Folders that are taken off the file names of diffs, as `git am -p`.',
      allowed: '0 to 9',
      example: '0',
    }),
    trailer: optional(z.enum(['none', 'message-id', 'link']), 'none', {
      text: 'Last line of each commit message: `message-id`: the Message-ID of the patch, as `git am --message-id` writes it. `link`: a `Link:` to the patch in the archive. Also in `patchloom am`.',
      allowed: 'none, message-id, link',
      example: 'message-id',
    }),
    link: optional(webPage().nullable(), null, {
      text: 'What `trailer: link` links to; `{msgid}` becomes the Message-ID. The `archive` of the project where not given.',
      allowed: 'an http or https URL with {msgid}',
      example: 'https://lore.kernel.org/r/{msgid}',
    }),
    borrow: optional(line().nullable(), null, {
      text: 'Project with an upstream of the same family: what its repository has is not fetched or kept a second time. It counts when the repository of this project is made, which must then stay beside the other.',
      allowed: 'the name of another project with git, which borrows nothing itself',
      example: 'xen',
    }),
    sign: optional(line().nullable(), null, {
      text: 'SSH key (Ed25519 or RSA, without passphrase, or the public half with an agent) that signs each commit. The ids are then not those of `git am`, but the same each time as long as the key is. Unsigned where not given.',
      allowed: 'a path',
      example: './sign/id_ed25519',
    }),
    disk: optional(size(1).nullable(), null, {
      text: 'What the repository and its bundles may take of the disk. Above it the repository is packed anew; where that is not enough nothing more is mirrored, and the operator is told. No limit where not given.',
      allowed: 'a size such as 20GiB',
      example: '20GiB',
    }),
    expire: optional(duration().nullable(), null, {
      text: 'After so long the branches of series that a later version replaces, or that upstream has, are taken off `publish`. A bundle of each is kept, and `patchloom mirror` brings them back. They stay where not given.',
      allowed: 'a time such as 90d',
      example: '90d',
    }),
  },
);
