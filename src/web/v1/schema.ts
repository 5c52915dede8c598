import { z } from 'zod';
import type { SeriesView } from '../../report/view.ts';

/** Text with what it means, for the description. */
const text = (meaning: string) => z.string().describe(meaning);
const msgid = text('Message-ID with its angle brackets');
const time = text('ISO 8601 with zone');

const person = z.strictObject({ name: z.string(), email: z.string() }).meta({ id: 'Person' });

const tag = z
  .strictObject({
    kind: text('Acked-by, Reviewed-by, …'),
    name: z.string(),
    email: z.string(),
    value: text('As it was written'),
    area: text('The part that it is for, e.g. arm').nullable(),
    given_in: msgid,
    date: time,
    status: z.enum(['given', 'in-patch', 'carried', 'conditional', 'objection', 'withdrawn', 'doubtful']),
    sender: z.enum(['same', 'other-address', 'other-person']),
    dkim: z.string().nullable(),
    carried_from: msgid.nullable(),
    why: text('Why it counts or not, in words'),
  })
  .meta({ id: 'Tag' });

const mark = z
  .strictObject({
    state: text("Patchwork's slug").nullable(),
    archived: z.boolean(),
    delegate: text('Address').nullable(),
    commit_ref: z.string().nullable(),
    by: text('Name of the token by which it was set last'),
    date: time,
  })
  .meta({ id: 'Mark', description: 'What people have set of a patch' });

const patch = z
  .strictObject({
    index: z.int(),
    total: z.int(),
    msgid,
    subject: z.string(),
    content_hash: text('Equal for the same change in any form'),
    tags: z.array(tag).readonly(),
    commit: text('Commit of the published branch').nullable(),
    mark: mark.nullable(),
  })
  .meta({ id: 'Patch' });

const mirror = z
  .strictObject({
    state: z.enum(['none', 'applied', 'already', 'conflict', 'refused', 'error']),
    rule: z
      .enum([
        'asked',
        'base-commit',
        'based-on',
        'default-branch',
        'in-flight',
        'nearest',
        'prerequisite',
        'target-branch',
      ])
      .nullable()
      .describe('Which rule chose the base'),
    base: text('Commit').nullable(),
    ref: z.string().nullable(),
    tip: z.string().nullable(),
    tree: z.string().nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'Mirror' });

const check = z
  .strictObject({
    context: z.string(),
    state: z.enum(['pending', 'success', 'warning', 'fail']),
    url: z.string().nullable(),
    patch: msgid.nullable().describe('Null: of the whole series'),
  })
  .meta({ id: 'Check' });

const readiness = z
  .strictObject({
    state: z.enum(['ready', 'waiting', 'blocked', 'unknown']),
    missing: z.array(z.string()).readonly(),
  })
  .meta({ id: 'Readiness', description: "The verdict of the project's policy" });

const seriesShape = {
  project: z.string(),
  change: text('Name that all versions share'),
  version: z.int(),
  resend: z.boolean(),
  msgid,
  subject: z.string(),
  author: person,
  date: time,
  state: z.enum(['held', 'complete', 'superseded']),
  complete: z.boolean(),
  missing: z.array(z.int()).readonly().describe('Numbers of patches that have not arrived'),
  target: text('Branch or release that it is for').nullable(),
  supersedes: msgid.nullable(),
  patches: z.array(patch).readonly(),
  cover_tags: z.array(tag).readonly(),
  mirror,
  checks: z.array(check).readonly(),
  readiness,
} as const;

/** One posted version: a line of `patchloom series --json`. */
export const series = z
  .strictObject(seriesShape)
  .meta({ id: 'Series', description: 'One posted version' }) satisfies z.ZodType<SeriesView>;

const landing = z.looseObject({
  patch: z.int(),
  msgid,
  branch: z.string(),
  commit: z.string(),
  committer: person,
  date: time,
  rule: text('How it was found'),
});

/** `patchloom show CHANGE --json`. */
export const change = z
  .strictObject({
    change: z.string(),
    project: z.string(),
    versions: z.array(z.strictObject({ ...seriesShape, upstream: z.array(landing).readonly() })).readonly(),
    wishes: z
      .array(z.looseObject({ kind: z.enum(['opt-out', 'hold', 'ignore']), by: z.string() }))
      .readonly()
      .describe('Why nothing is said about it'),
  })
  .meta({ id: 'Change', description: 'All versions of the same work, oldest first' });

/** `patchloom show MSGID --json`. */
export const message = z
  .strictObject({
    subject: z.string().optional(),
    from: person.optional(),
    date: time.optional(),
    msgid,
    kind: text('Where it ended: patch, cover, reply, …'),
    project: z.string().nullable(),
    series: msgid.nullable(),
    about: msgid.nullable().describe('The patch or cover that a reply is about'),
    bySubject: z.literal(true).optional(),
    reason: text('Why, in words'),
    remarks: z
      .array(z.strictObject({ kind: z.string(), name: z.string(), email: z.string(), line: z.string() }))
      .readonly(),
    copies: z.array(z.looseObject({ hash: z.string(), source: z.string(), chosen: z.boolean() })).readonly(),
  })
  .meta({ id: 'Message', description: 'One mail, and where it ended' });

/** A project of the configuration, as far as it is public. */
export const project = z
  .strictObject({
    name: z.string(),
    mode: z.enum(['shadow', 'moderate', 'live']),
    list: text('Address of its list').nullable(),
    archive: text('Page of a mail, {msgid} replaced').nullable(),
    git: text('Where mirrored branches are fetched from').nullable(),
  })
  .meta({ id: 'Project' });

/** Why a request was not answered. */
export const fault = z.strictObject({ error: text('What is wrong, in words') }).meta({ id: 'Fault' });
