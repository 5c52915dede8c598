import { z } from 'zod';
import { CHECKS_PATH } from '../checks-api.ts';
import { change, fault, message, project, series } from './schema.ts';

interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly required: boolean;
  readonly description: string;
  readonly schema: object;
}

const query = (name: string, description: string, schema: object = { type: 'string' }): Parameter => {
  return { name, in: 'query', required: false, description, schema };
};
const inPath = (name: string, description: string): Parameter => {
  return { name, in: 'path', required: true, description, schema: { type: 'string' } };
};

const PROJECT = query('project', 'Name of a project');

/** The description of our own API (https://spec.openapis.org/oas/v3.1.1.html), made from the schemas of what it gives. */
export function openapi(origin: string, version: string): object {
  const answer = (description: string, schema: z.ZodType) => ({
    200: { description, content: { 'application/json': { schema: jsonSchema(schema) } } },
    400: { description: 'Not understood', content: { 'application/json': { schema: jsonSchema(fault) } } },
    404: { description: 'Not known', content: { 'application/json': { schema: jsonSchema(fault) } } },
  });
  const get = (summary: string, parameters: readonly Parameter[], schema: z.ZodType) => {
    return { get: { summary, parameters, responses: answer(summary, schema) } };
  };
  return {
    openapi: '3.1.0',
    info: { title: 'patchloom', version, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: origin }],
    paths: {
      '/api/v1/projects': get('The projects', [], z.array(project)),
      '/api/v1/series': get(
        'Posted versions, newest first; Link leads to the next page',
        [
          PROJECT,
          query('q', 'Words that must all occur in subjects, author or change'),
          query('state', 'Only these', { enum: ['complete', 'ready', 'held', 'superseded'] }),
          query('limit', 'Most of them', { type: 'integer', minimum: 1, maximum: 200, default: 50 }),
          query('before', 'Where the page before ended: from its Link'),
          query('format', 'ndjson: one object a line', { enum: ['json', 'ndjson'] }),
        ],
        z.array(series),
      ),
      '/api/v1/changes/{change}': get('All versions of a change', [inPath('change', 'Its name'), PROJECT], change),
      '/api/v1/messages/{msgid}': get(
        'One mail and where it ended',
        [inPath('msgid', 'Message-ID, with or without angle brackets')],
        message,
      ),
      [CHECKS_PATH]: { post: CHECKS },
    },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}

/** Each answer stands for itself: parts that it repeats are defined in it. */
function jsonSchema(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'output' });
  return rest;
}

const FIELDS = {
  context: { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,64}$' },
  state: { enum: ['pending', 'success', 'warning', 'fail', 'infrastructure'] },
  commit: { type: 'string', description: 'Full id of a mirrored commit; this or message' },
  message: { type: 'string', description: 'Message-ID of a patch, or of a cover for the whole series' },
  url: { type: 'string', format: 'uri' },
  summary: { type: 'string' },
  log: { type: 'string' },
  seconds: { type: 'number' },
} as const;

const CHECKS = {
  summary: 'Post a result of another CI',
  security: [{ token: [] }],
  requestBody: {
    required: true,
    content: {
      'application/json': { schema: { type: 'object', required: ['context', 'state'], properties: FIELDS } },
      'application/x-www-form-urlencoded': {
        schema: { type: 'object', required: ['context', 'state'], properties: FIELDS },
      },
    },
  },
  responses: {
    201: { description: 'Kept' },
    400: { description: 'Not understood' },
    401: { description: 'No token, or a wrong one' },
    403: { description: 'A token for other things' },
    409: { description: 'Nothing that it could belong to' },
    413: { description: 'Too large' },
  },
} as const;
