import { z } from 'zod';
import { optional, required, section } from './field.ts';
import { line, secret, server } from './values.ts';

/** What may be told: Patchwork's categories of events. */
export const EVENTS = [
  'cover-created',
  'patch-created',
  'patch-completed',
  'patch-state-changed',
  'patch-delegated',
  'check-created',
  'series-created',
  'series-completed',
  'cover-comment-created',
  'patch-comment-created',
] as const;

const webhook = section('One program that is told what happens.', {
  name: required(line(), {
    text: 'Name, for the log and for how far it has been told. With another name it is told from now on.',
    allowed: 'one line of text',
    example: 'chat',
  }),
  url: required(server(), {
    text: 'Where each event is posted to, as JSON.',
    allowed: 'an http or https URL',
    example: 'https://chat.example.org/hooks/patchloom',
  }),
  secret: required(secret(), {
    text: 'Where the secret is that each post is signed with (`X-Patchloom-Signature-256`).',
    allowed: '{env: NAME} or {file: PATH}',
    example: '{env: CHAT_SECRET}',
  }),
  projects: optional(z.array(line()), [], {
    text: 'Projects whose events it is told; all where empty.',
    allowed: 'a list of project names',
    example: '[xen]',
  }),
  events: optional(z.array(z.enum(EVENTS)), [], {
    text: 'Which events; all where empty.',
    allowed: `a list of ${EVENTS.join(', ')}`,
    example: '[series-completed, check-created]',
  }),
});

/** `webhooks`. */
export const webhooks = optional(z.array(webhook), [], {
  text: 'Who is told what happens, by signed posts.',
  allowed: 'a list of webhooks',
});
