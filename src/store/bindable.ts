/** What every engine takes as a value and gives back the same. */
export type Bindable = null | string | number | bigint | Uint8Array;

/**
 * A value as the engines take it safely. node:sqlite would read a lone Date or object as a table of named parameters and store NULL
 * silently, and so would it NaN; PostgreSQL's driver would store an undefined one as NULL and an object as JSON.
 * @throws TypeError for anything else: that is a fault of the caller
 */
export function bindable(value: unknown): Bindable {
  if (value === null || typeof value === 'string' || typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date && Number.isFinite(value.getTime())) return value.getTime();
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`the store cannot keep a value of type ${typeof value}, nor NaN and Infinity`);
}
