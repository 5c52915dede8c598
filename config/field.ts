import { z } from 'zod';

/** What a person is told of one field: in docs/configuration.md and in error messages. */
export interface FieldNote {
  /** What it means, one or two sentences. */
  readonly text: string;
  /** What may stand there, as it ends the sentence "allowed: …". */
  readonly allowed: string;
  /** A value as it is written in YAML. */
  readonly example?: string;
  /** The value used where the field is not given, as written in YAML; absent where it must be given. */
  readonly standard?: unknown;
}

/** Every field's note, by its schema. */
export const notes = z.registry<FieldNote>();

/** A field that must be given. */
export function required<T extends z.ZodType>(schema: T, note: FieldNote): T {
  notes.add(schema, note);
  return schema;
}

/** A field with a standard value; the value is written as in YAML and read like one, so that it is stated once. */
export function optional<T extends z.ZodType>(schema: T, standard: z.input<T>, note: FieldNote): z.ZodPrefault<T> {
  const field = z.prefault(schema, standard);
  notes.add(field, { ...note, standard });
  return field;
}

/** A block of fields; a key that is not among them is an error. */
export function section<S extends z.core.$ZodLooseShape>(text: string, shape: S): z.ZodObject<S, z.core.$strict> {
  return required(z.strictObject(shape), { text, allowed: `a block with the keys ${Object.keys(shape).join(', ')}` });
}

/** The schema inside of standards and "or null". */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) {
    return unwrap(schema.unwrap());
  }
  return schema;
}

/** The schema one step down, or null where the schema has no such step. */
export function childOf(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | null {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return (inner.shape as Record<PropertyKey, z.core.$ZodType>)[key] ?? null;
  if (inner instanceof z.ZodRecord) return inner.valueType;
  if (inner instanceof z.ZodArray) return inner.element;
  return null;
}

/** The note of a field, also where it stands on an inner wrapper; null for a schema without one. */
export function noteOf(schema: z.core.$ZodType): FieldNote | null {
  const own = notes.get(schema);
  if (own !== undefined) return own;
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) {
    return noteOf(schema.unwrap());
  }
  return null;
}
