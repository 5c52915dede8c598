import type { Db } from '../../src/store/schema.ts';

/**
 * Everything that a store holds of what mails mean, sorted, without the numbers that it gives itself.
 * @param judged keys of the series whose readiness counts, which has to do with how they apply; null: of all
 */
export async function derivedState(db: Db, judged: ReadonlySet<string> | null = null): Promise<string> {
  const stored = await db.selectFrom('series').selectAll().orderBy('project').orderBy('key').execute();
  const series = stored.map((row) =>
    judged === null || judged.has(row.key) ? row : { ...row, readiness: null, readiness_document: null },
  );
  const dispositions = await db.selectFrom('disposition').selectAll().orderBy('msgid').execute();
  const chosen = await db
    .selectFrom('message')
    .select(['msgid', 'hash'])
    .where('chosen', '=', 1)
    .orderBy('msgid')
    .execute();
  const members = new Map<number, string[]>();
  for (const { msgid, component } of await db
    .selectFrom('message')
    .select(['msgid', 'component'])
    .orderBy('msgid')
    .execute()) {
    const own = members.get(component ?? -1) ?? [];
    own.push(msgid);
    members.set(component ?? -1, own);
  }
  const told = {
    series,
    dispositions,
    chosen,
    components: [...members.values()].map((ids) => ids.join(' ')).toSorted(),
  };
  return JSON.stringify(told, (key, value: unknown) => (key === 'id' || key === 'component' ? undefined : value), 1);
}
