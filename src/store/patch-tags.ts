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
      .select('tags')
      .where('project', '=', project)
      .where('id', 'in', members)
      .orderBy('posted')
      .execute();
    for (const row of rows)
      for (const [msgid, tags] of tagsFrom(row.tags).patches) if (part.includes(msgid)) found.set(msgid, tags);
  }
  return found;
}
