import type { Context } from 'hono';
import { ApiError } from './asked.ts';

/** What bodies may be. */
export const BODIES = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'] as const;

/** The fields of a body, each as the list of its values. */
export type Fields = Readonly<Record<string, readonly string[]>>;

/**
 * Reads a body: JSON, a form, or multipart as `curl -F` sends it. A name that is repeated, or a JSON list, has several values.
 * @throws ApiError 400
 */
export async function fieldsOf(c: Context): Promise<Fields> {
  const json = (c.req.header('Content-Type') ?? '').startsWith('application/json');
  const read: Promise<unknown> = json ? c.req.json() : c.req.parseBody({ all: true });
  const body = await read.catch(() => null);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new ApiError(400, 'The body cannot be read as JSON or a form.');
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, [value].flat(1).flatMap((one) => textsOf(one))]),
  );
}

/** Null takes a value back, as an empty field of a form does. */
function textsOf(value: unknown): readonly string[] {
  if (value === null) return [''];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [];
}
