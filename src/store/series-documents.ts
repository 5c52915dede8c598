import type { Series } from '../series/series.ts';
import { chunks } from './chunks.ts';
import type { ListedSeries } from './listed-series.ts';
import type { Db } from './schema.ts';

/** The series behind numbers, by number. */
export async function documentsOf(db: Db, rows: readonly ListedSeries[]): Promise<ReadonlyMap<number, Series>> {
  const numbers = new Map(rows.map(({ id, project, key }) => [`${project} ${key}`, id]));
  const found = new Map<number, Series>();
  const projects = [...new Set(rows.map(({ project }) => project))];
  for (const part of chunks(rows.map(({ key }) => key))) {
    const stored = db.selectFrom('series').select(['project', 'key', 'document']).where('project', 'in', projects);
    for (const { project, key, document } of await stored.where('key', 'in', part).execute()) {
      const id = numbers.get(`${project} ${key}`);
      if (id !== undefined) found.set(id, JSON.parse(document) as Series);
    }
  }
  return found;
}
