import type { Db, Tx } from './schema.ts';

/** Gives every project that has none a number. Numbers stay, also of projects that are taken out of the configuration. */
export async function numberProjects(tx: Tx, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await tx
      .insertInto('project_number')
      .values({ name })
      .onConflict((on) => on.column('name').doNothing())
      .execute();
  }
}

/** Numbers of projects by name. */
export async function projectNumbers(db: Db): Promise<ReadonlyMap<string, number>> {
  const rows = await db.selectFrom('project_number').selectAll().execute();
  return new Map(rows.map(({ id, name }) => [name, id]));
}
