import { forgetComponents } from '../../src/store/rebuild.ts';
import type { Tx } from '../../src/store/schema.ts';

/** Forgets everything that is derived, as if a rebuild had just begun with all components at once. */
export async function forgetAll(tx: Tx): Promise<void> {
  const all = await tx.selectFrom('component').select('id').execute();
  await forgetComponents(
    tx,
    all.map(({ id }) => id),
  );
}
