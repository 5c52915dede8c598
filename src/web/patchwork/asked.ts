import type { Context } from 'hono';
import type { Db } from '../../store/schema.ts';
import { projectNumbers } from '../../store/project-numbers.ts';
import type { ApiOptions } from '../apis.ts';
import type { ProjectFacts, WebOptions } from '../options.ts';
import { type Right, type Token, mayWrite, tokenOf } from '../tokens.ts';

/** Minor numbers of the versions that are served; a path without a version means the last. */
export const MINORS = [0, 1, 2, 3] as const;

/** What a request to the Patchwork API is answered from. */
export interface Asked {
  readonly db: Db;
  readonly apis: ApiOptions;
  readonly projects: readonly NumberedProject[];
  /** The n of 1.n. */
  readonly minor: number;
  /** `https://patches.example.org`. */
  readonly origin: string;
  /** Where the API's own URLs start: `https://patches.example.org/api/1.2`. */
  readonly api: string;
  readonly token: Token | null;
}

/** A project with its number in the API. */
export interface NumberedProject extends ProjectFacts {
  readonly id: number;
}

/** Ends a request with a status and what Patchwork's clients show: `detail`, or faults by field. */
export class ApiError extends Error {
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 429;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: ApiError['status'], detail: string | Readonly<Record<string, readonly string[]>>) {
    super(typeof detail === 'string' ? detail : Object.entries(detail).flat(2).join(' '));
    this.status = status;
    this.body = typeof detail === 'string' ? { detail } : detail;
  }
}

/** @throws ApiError 403 where there is a token and it is nobody's: also for reading, so that a wrong one is noticed */
export async function askedBy(c: Context, options: WebOptions, base: string, minor: number): Promise<Asked> {
  const { store, facts, apis } = options;
  const token = tokenOf(c.req.header('Authorization'), apis.tokens);
  if (token === 'unknown') throw new ApiError(403, 'Invalid token.');
  const numbers = await projectNumbers(store.db);
  const projects = facts.projects.flatMap((one) => {
    const id = numbers.get(one.name);
    return id === undefined ? [] : [{ ...one, id }];
  });
  const origin = originOf(c, apis);
  return { db: store.db, apis, projects, minor, origin, api: `${origin}${base}`, token };
}

/** How the reader reaches this server: the configured URL, else as it was asked for. */
export function originOf(c: Context, { url }: Pick<ApiOptions, 'url'>): string {
  return url ?? new URL(c.req.url).origin;
}

/** The token of a request that wants to write. @throws ApiError 403 */
export function writerOf({ token }: Pick<Asked, 'token'>, right: Right, project: string): Token {
  if (token === null) throw new ApiError(403, 'Authentication credentials were not provided.');
  if (mayWrite(token, right, project)) return token;
  throw new ApiError(403, `The token "${token.name}" may not write ${right} in ${project}.`);
}

/** A number of the path, which is nobody's where it is longer than any that was given. */
export function numberIn(c: Context, name: string): number {
  const text = c.req.param(name) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : -1;
}

/** What was looked for. @throws ApiError 404 where it is not there */
export function found<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new ApiError(404, 'Not found.');
  return value;
}

/** Epoch ms as Patchwork writes time: UTC, without a zone, because clients compare it with such times. */
export function naive(at: number): string {
  return new Date(at).toISOString().slice(0, 19);
}
