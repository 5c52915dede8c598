import type { Selectable } from 'kysely';
import { chunks } from './chunks.ts';
import type { Db, Tx } from './schema.ts';
import type { PatchMarkTable } from './schema-listed.ts';

/** What people have set of a patch; see `PatchMarkTable`. */
export type PatchMark = Selectable<PatchMarkTable>;

/** What is to be set; what is left out stays as it was, null takes it back. */
export type PatchMarkChange = Partial<Pick<PatchMark, 'state' | 'archived' | 'delegate' | 'commit_ref'>>;

const UNMARKED = { state: null, archived: null, delegate: null, commit_ref: null } as const;

/** Keeps what somebody sets of a patch. `settlePatches` takes it over into the lists. @param by name of the token */
export async function markPatch(
  tx: Tx,
  of: { readonly project: string; readonly msgid: string },
  change: PatchMarkChange,
  by: string,
  now: number,
): Promise<void> {
  const { project, msgid } = of;
  const changed = { ...change, by, at: now };
  await tx
    .insertInto('patch_mark')
    .values({ project, msgid, ...UNMARKED, ...changed })
    .onConflict((on) => on.columns(['project', 'msgid']).doUpdateSet(changed))
    .execute();
}

/** What people have set of patches, by `project msgid`. */
export async function markedPatches(db: Db, msgids: readonly string[]): Promise<ReadonlyMap<string, PatchMark>> {
  const found = new Map<string, PatchMark>();
  for (const part of chunks(msgids)) {
    const rows = await db.selectFrom('patch_mark').selectAll().where('msgid', 'in', part).execute();
    for (const row of rows) found.set(`${row.project} ${row.msgid}`, row);
  }
  return found;
}
