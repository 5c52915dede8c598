import fc from 'fast-check';
import { seedsOf, textOf } from './target.ts';
import { graft, grafted } from './tree.ts';

/** A request to the pages and APIs. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
  readonly type: string;
}

/** A server answers longer ones by closing the connection. */
const LONGEST_PATH = 8_000;
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
const JSON_TYPE = 'application/json';

/** What is put into the gaps of a request. */
const ODD = [
  '',
  '0',
  '-1',
  '1',
  '2',
  '99999999999999999999',
  'x1-1@example.org',
  '<x1-1@example.org>',
  '%',
  '%00',
  "'",
  '"',
  '*',
  '**',
  '(',
  'AND',
  'OR NOT',
  'a NEAR b',
  'subject:x OR f:ann',
  'd:..',
  'd:2024-13-99..',
  's:"',
  'new',
  '1.2',
  '1.0',
  '../..',
  'hello',
  'json',
  'ndjson',
  '2024-01-01T00:00:00',
  '-date',
  'x'.repeat(3_000),
  '\r\nX-Evil: 1',
  '𝕏\u0000',
  '\uD800',
] as const;

/** Lines of a method and a path, whose values are gaps. */
const TEMPLATES = seedsOf('api', '.txt').flatMap((text) => text.toString().trimEnd().split('\n'));
/** Every key that a body may have. */
const BODIES = seedsOf('api', '.json').map((seed): unknown => JSON.parse(seed.toString()));

function filled(line: string, values: readonly string[], body: string, type: string): Request {
  const [method = '', template = ''] = line.split(' ');
  let gap = 0;
  const path = template.replaceAll('{}', () =>
    encodeURIComponent((values[gap++ % values.length] ?? '').toWellFormed()),
  );
  return { method, path, body: sends(method) ? body : null, type };
}

function sends(method: string): boolean {
  return method !== 'GET' && method !== 'DELETE';
}

const fillings = fc
  .record({
    line: fc.constantFrom(...TEMPLATES),
    values: fc.array(fc.oneof(fc.constantFrom(...ODD), fc.string()), { minLength: 1, maxLength: 8 }),
    body: fc.constantFrom(...BODIES),
    grafts: fc.array(graft, { maxLength: 4 }),
    type: fc.constantFrom(JSON_TYPE, 'application/x-www-form-urlencoded'),
  })
  .map(({ line, values, body, grafts, type }) =>
    filled(line, values, JSON.stringify(grafts.reduce(grafted, body)), type),
  );

/** A whole request: a line of method and path, and its body after an empty one. What no client can send is sent in its place as `%XX`, or by GET. */
function requestOf(text: Buffer): Request {
  const [head = '', ...body] = text.toString('latin1').split('\n\n');
  const [word = '', ...path] = head.split(' ');
  const method = METHODS.has(word) ? word : 'GET';
  const sendable = path
    .join(' ')
    .replace(/^\//, '')
    .replace(/[^!-~]|["#<>\\^`{|}]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return {
    method,
    path: `/${sendable.slice(0, LONGEST_PATH)}`,
    body: sends(method) ? body.join('\n\n') : null,
    type: JSON_TYPE,
  };
}

const XML_WORDS = [
  '<value>',
  '</value>',
  '<array><data>',
  '<struct>',
  '<nil/>',
  '<dateTime.iso8601>x</dateTime.iso8601>',
  '<base64>!</base64>',
  '<int>9e99</int>',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '&b;',
  '&#0;',
  '<![CDATA[',
  '<methodName>system.multicall</methodName>',
  'patch_get',
  'bundle_list',
  '__proto__',
];
function callOf(text: Buffer): Request {
  return { method: 'POST', path: '/xmlrpc/', body: text.toString('latin1'), type: 'text/xml' };
}

const REQUESTS = seedsOf('api', '.http');
const CALLS = seedsOf('xmlrpc');

/** The requests of the corpus as they are, those with gaps about a series that is there. */
export const savedRequests: readonly Request[] = [
  ...TEMPLATES.map((line) => filled(line, ['x1-1@example.org'], JSON.stringify(BODIES[0]), JSON_TYPE)),
  ...REQUESTS.map(requestOf),
  ...CALLS.map(callOf),
];

/** Requests of the corpus with odd values, and changed as texts. */
export const madeRequests: fc.Arbitrary<Request> = fc.oneof(
  { weight: 4, arbitrary: fillings },
  { weight: 2, arbitrary: textOf(REQUESTS, ODD).map(requestOf) },
  { weight: 2, arbitrary: textOf(CALLS, XML_WORDS).map(callOf) },
);
