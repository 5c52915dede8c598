import { z } from 'zod';

/** What the API of one version gives, as schemas: for its description, and for the tests that hold every answer against them. */
export interface PatchworkSchemas {
  readonly project: z.ZodType;
  readonly person: z.ZodType;
  readonly user: z.ZodType;
  readonly patch: z.ZodType;
  readonly patchDetail: z.ZodType;
  readonly cover: z.ZodType;
  readonly coverDetail: z.ZodType;
  readonly series: z.ZodType;
  readonly comment: z.ZodType;
  readonly check: z.ZodType;
  readonly bundle: z.ZodType;
  readonly event: z.ZodType;
}

const id = z.int();
const url = z.url();
const text = z.string();
/** Clients compare it with times that have no zone. */
const naive = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  .describe('UTC, without a zone');
const state = z.enum(['pending', 'success', 'warning', 'fail']);
const headers = z.record(z.string(), z.union([text, z.array(text)]));

/** @param minor the n of 1.n */
export function patchworkSchemas(minor: number): PatchworkSchemas {
  const since = (first: number, shape: z.core.$ZodLooseShape): z.core.$ZodLooseShape => (minor < first ? {} : shape);
  const projectEmbed = {
    id,
    url,
    name: text,
    link_name: text,
    list_id: text,
    list_email: text,
    web_url: text,
    scm_url: text,
    webscm_url: text,
    ...since(2, { list_archive_url: text, list_archive_url_format: text, commit_url_format: text }),
  };
  const personEmbed = { id, url, name: text.nullable(), email: text };
  const user = z.strictObject({ id, url, username: text, first_name: text, last_name: text, email: text });
  const web = since(1, { web_url: url });
  const archive = since(2, { list_archive_url: url });
  const seriesEmbed = { id, url, ...web, date: naive, name: text, version: z.int(), mbox: url };
  const patchEmbed = { id, url, ...web, msgid: text, ...archive, date: naive, name: text, mbox: url };
  const { mbox: _, ...bareCover } = patchEmbed;
  const coverEmbed = { ...bareCover, ...since(1, { mbox: url }) };
  const project = z.strictObject(projectEmbed);
  const person = z.strictObject(personEmbed);
  const both = {
    project: project.nullable(),
    submitter: person.nullable(),
    series: z.array(z.strictObject(seriesEmbed)),
    ...since(1, { comments: url }),
  };
  const patch = {
    ...patchEmbed,
    ...both,
    commit_ref: text.nullable(),
    pull_url: z.null(),
    state: text,
    archived: z.boolean(),
    hash: text.nullable(),
    delegate: user.nullable(),
    check: state,
    checks: url,
    tags: z.record(z.string(), z.int()),
    ...since(2, { related: z.array(z.unknown()) }),
  };
  const cover = { ...coverEmbed, ...both };
  const mail = { headers, content: text };
  return {
    project: z.strictObject({ ...projectEmbed, maintainers: z.array(user), ...since(1, { subject_match: text }) }),
    person: z.strictObject({ ...personEmbed, user: user.nullable() }),
    user,
    patch: z.strictObject(patch),
    patchDetail: z.strictObject({ ...patch, ...mail, diff: text, prefixes: z.array(text) }),
    cover: z.strictObject(cover),
    coverDetail: z.strictObject({ ...cover, ...mail }),
    series: z.strictObject({
      ...seriesEmbed,
      project: project.nullable(),
      submitter: person.nullable(),
      total: z.int(),
      received_total: z.int(),
      received_all: z.boolean(),
      cover_letter: z.strictObject(coverEmbed).nullable(),
      patches: z.array(z.strictObject(patchEmbed)),
    }),
    comment: z.strictObject({
      id,
      ...web,
      ...since(3, { url }),
      msgid: text,
      ...archive,
      date: naive,
      subject: text,
      submitter: person.nullable(),
      ...mail,
      ...since(3, { addressed: z.null() }),
    }),
    check: z.strictObject({
      id,
      url,
      user: user.nullable(),
      date: naive,
      state,
      target_url: text.nullable(),
      context: text,
      description: text.nullable(),
    }),
    bundle: z.strictObject({
      id,
      url,
      ...web,
      project: project.nullable(),
      name: text,
      owner: user.nullable(),
      patches: z.array(z.strictObject(patchEmbed)),
      public: z.boolean(),
      mbox: url,
    }),
    event: z.strictObject({
      id,
      category: text,
      project: project.nullable(),
      date: naive,
      ...since(2, { actor: user.nullable() }),
      payload: z.record(z.string(), z.unknown()),
    }),
  };
}
