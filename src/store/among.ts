import type { Expression, ExpressionBuilder, ReferenceExpression, SqlBool } from 'kysely';
import type { Schema } from './schema.ts';

/** `column in (…)`, which engines do not take for an empty list: nothing is among none. */
export function among<TB extends keyof Schema>(
  eb: ExpressionBuilder<Schema, TB>,
  column: ReferenceExpression<Schema, TB>,
  values: readonly (string | number)[],
): Expression<SqlBool> {
  return values.length === 0 ? eb.or([]) : eb(column, 'in', values);
}
