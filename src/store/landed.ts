import { chunks } from './chunks.ts';
import type { Db, Tx } from './schema.ts';

/** A patch that was found in an upstream branch. */
export interface StoredLanding<T = unknown> {
  readonly project: string;
  readonly branch: string;
  /** Of the patch. */
  readonly msgid: string;
  readonly commit: string;
  /** Epoch ms. */
  readonly committed: number;
  /** How it was found and what the committer changed. */
  readonly found: T;
}

/** Keeps where patches were found; what was kept of the same patch and branch is replaced. */
export async function saveLandings(tx: Tx, landings: readonly StoredLanding[]): Promise<void> {
  for (const { found, ...row } of landings) {
    const document = JSON.stringify(found);
    const { commit, committed } = row;
    await tx
      .insertInto('landed')
      .values({ ...row, document })
      .onConflict((on) => on.columns(['project', 'branch', 'msgid']).doUpdateSet({ commit, committed, document }))
      .execute();
  }
}

/** Where patches were found, by Message-ID; each branch once. */
export async function landingsOf<T>(
  db: Db,
  project: string,
  msgids: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredLanding<T>[]>> {
  const found = new Map<string, StoredLanding<T>[]>();
  for (const part of chunks(msgids)) {
    const rows = await db
      .selectFrom('landed')
      .selectAll()
      .where('project', '=', project)
      .where('msgid', 'in', part)
      .orderBy('committed')
      .orderBy('branch')
      .execute();
    for (const { document, ...row } of rows) {
      const list = found.get(row.msgid) ?? [];
      list.push({ ...row, found: JSON.parse(document) as T });
      found.set(row.msgid, list);
    }
  }
  return found;
}

/** Message-IDs of the patches that commits of a project came from, by commit. */
export async function threadsOf(db: Db, project: string): Promise<ReadonlyMap<string, string>> {
  const rows = await db.selectFrom('landed').select(['commit', 'msgid']).where('project', '=', project).execute();
  return new Map(rows.map(({ commit, msgid }) => [commit, msgid]));
}

/** The commit of each patch that upstream has, by `project msgid`: the oldest where several branches have it. */
export async function commitsOf(db: Db, msgids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const part of chunks(msgids)) {
    const rows = db.selectFrom('landed').select(['project', 'msgid', 'commit']).where('msgid', 'in', part);
    for (const { project, msgid, commit } of await rows.orderBy('committed', 'desc').execute())
      found.set(`${project} ${msgid}`, commit);
  }
  return found;
}
