import type { Tag } from '../review/tag.ts';
import { chunks } from './chunks.ts';
import { tagsFrom } from './documents.ts';
import type { Db } from './schema.ts';

/** What was said of patches of a project, by Message-ID. Of a patch in several series: what was said of it in the one posted last. */
export async function tagsOfPatches(
  db: Db,
  project: string,
  msgids: readonly string[],
): Promise<ReadonlyMap<string, readonly Tag[]>> {
  const found = new Map<string, readonly Tag[]>();
  for (const part of chunks(msgids)) {
    const members = db.selectFrom('series_message').select('series').where('msgid', 'in', part);
    const rows = await db
      .selectFrom('series')
      .select(['project', 'posted', 'tags'])
      .where('id', 'in', members)
      .execute();
    // Chosen and put in order here: asked for in the query, SQLite reads all series of the project by their date.
    const own = rows.filter((row) => row.project === project).toSorted((one, other) => one.posted - other.posted);
    for (const row of own)
      for (const [msgid, tags] of tagsFrom(row.tags).patches) if (part.includes(msgid)) found.set(msgid, tags);
  }
  return found;
}
