import { z } from 'zod';
import { PATCH_STATES } from '../../store/schema-listed.ts';
import { BODIES } from './fields.ts';
import { type PatchworkSchemas, patchworkSchemas } from './schema.ts';

type Name = keyof PatchworkSchemas;

interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: object;
}

const TEXT = { type: 'string' } as const;
const NUMBER = { type: 'integer' } as const;

function query(name: string, description: string, schema: object = TEXT): Parameter {
  return { name, in: 'query', required: false, description, schema };
}

const PAGING = [query('page', 'From 1', NUMBER), query('per_page', '30 where not given, 250 at most', NUMBER)];
const LIST = [
  ...PAGING,
  query('order', 'id, date, name or submitter; with - the other way round'),
  query('project', 'Number or name; repeated: any of them'),
  query('submitter', 'Number, address, or part of a name'),
  query('q', 'Part of the name'),
  query('since', 'Handed on by the list at or after, as `date`'),
  query('before', 'Handed on before'),
];
const OF_PATCHES = [
  query('series', 'Number', NUMBER),
  query('hash', 'From 1.2'),
  query('msgid', 'From 1.2; without angle brackets'),
];
const PATCHES = [
  ...LIST,
  ...OF_PATCHES,
  query('state', 'Slug or number; repeated: any of them. What is unknown is passed over'),
  query('delegate', 'Number, user name or address'),
  query('archived', 'true or false', { type: 'boolean' }),
];
const EVENTS = [
  query('page', 'From 1; 30 events a page', NUMBER),
  ...['project', 'category', 'series', 'patch', 'cover', 'actor'].map((name) => query(name, 'Only these')),
  query('since', 'At or after'),
  query('before', 'Before'),
  query('order', '-date, or date: oldest first'),
];

const MARK = {
  state: { enum: Object.keys(PATCH_STATES) },
  archived: { type: 'boolean' },
  commit_ref: TEXT,
  delegate: { description: 'Number, user name or address; empty: nobody' },
};
const CHECK = {
  context: { type: 'string', pattern: '^[-A-Za-z0-9_]{1,64}$' },
  state: { enum: ['pending', 'success', 'warning', 'fail'] },
  target_url: { type: 'string', format: 'uri' },
  description: TEXT,
};
const BUNDLE = { name: TEXT, patches: { type: 'array', items: NUMBER }, public: { type: 'boolean' } };

/** The description of one version of the Patchwork API (https://spec.openapis.org/oas/v3.1.1.html). @param api where it is served */
export function openapi(api: string, minor: number, software: string): object {
  const schemas = patchworkSchemas(minor);
  const of = (name: Name) => ({ $ref: `#/components/schemas/${name}` });
  const json = (schema: object) => ({ content: { 'application/json': { schema } } });
  const list = (name: Name, parameters: readonly Parameter[]) => ({
    get: {
      parameters,
      responses: { 200: { description: 'One page; Link leads on', ...json({ type: 'array', items: of(name) }) } },
    },
  });
  const one = (name: Name) => ({
    get: { responses: { 200: { description: 'The one', ...json(of(name)) }, 404: { description: 'Not known' } } },
  });
  const write = (right: string, properties: object, status: number, name: Name) => ({
    description: `Takes a token for ${right}.`,
    security: [{ token: [] }],
    requestBody: {
      content: Object.fromEntries(BODIES.map((type) => [type, { schema: { type: 'object', properties } }])),
    },
    responses: {
      [status]: { description: 'Done', ...json(of(name)) },
      400: { description: 'Faults by field' },
      403: { description: 'No token, or one for other things' },
    },
  });
  const numbered = (...names: readonly string[]) => ({
    parameters: names.map((name): Parameter => ({ name, in: 'path', required: true, schema: NUMBER })),
  });
  return {
    openapi: '3.1.0',
    info: { title: 'Patchwork API', version: `1.${minor}`, description: `Served by patchloom ${software}.` },
    servers: [{ url: api }],
    paths: {
      '/projects/': list('project', PAGING),
      '/projects/{id}/': { ...one('project'), ...numbered('id') },
      '/people/': list('person', [...PAGING, query('q', 'Part of name or address')]),
      '/people/{id}/': { ...one('person'), ...numbered('id') },
      '/users/': list('user', [...PAGING, query('q', 'Part of name or address')]),
      '/users/{id}/': { ...one('user'), ...numbered('id') },
      '/series/': list('series', [...LIST, query('version', 'The n of vn', NUMBER)]),
      '/series/{id}/': { ...one('series'), ...numbered('id') },
      '/patches/': list('patch', PATCHES),
      '/patches/{id}/': {
        ...one('patchDetail'),
        ...numbered('id'),
        patch: write('states, or delegate', MARK, 200, 'patchDetail'),
      },
      '/patches/{id}/comments/': { ...list('comment', PAGING), ...numbered('id') },
      '/patches/{id}/checks/': {
        ...list('check', [
          ...PAGING,
          ...['context', 'state', 'user', 'order'].map((name) => query(name, 'Only these')),
        ]),
        ...numbered('id'),
        post: write('checks', CHECK, 201, 'check'),
      },
      '/patches/{id}/checks/{check}/': { ...one('check'), ...numbered('id', 'check') },
      '/covers/': list('cover', [...LIST, ...OF_PATCHES]),
      '/covers/{id}/': { ...one('coverDetail'), ...numbered('id') },
      '/covers/{id}/comments/': { ...list('comment', PAGING), ...numbered('id') },
      '/events/': list('event', EVENTS),
      '/bundles/': {
        ...list('bundle', [...PAGING, ...['project', 'owner', 'q'].map((name) => query(name, 'Only these'))]),
        post: write('bundles', BUNDLE, 201, 'bundle'),
      },
      '/bundles/{id}/': {
        ...one('bundle'),
        parameters: [{ name: 'id', in: 'path', required: true, description: 'Number or name', schema: TEXT }],
        patch: write('bundles', BUNDLE, 200, 'bundle'),
        delete: { security: [{ token: [] }], responses: { 204: { description: 'Gone' } } },
      },
    },
    components: {
      schemas: Object.fromEntries(
        Object.entries(schemas).map(([name, schema]) => [name, jsonSchema(schema as z.ZodType)]),
      ),
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'Token KEY' },
      },
    },
  };
}

function jsonSchema(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'output' });
  return rest;
}
