import { type SqlBool, sql } from 'kysely';
import type { MailedPatch } from '../review/landing.ts';
import type { Series } from '../series/series.ts';
import type { Db } from './schema.ts';

/** A patch of a series, as it is looked for upstream. */
export interface PostedPatch extends MailedPatch {
  /** Version or branch that its series is for; see `Series.target`. */
  readonly target: string | null;
}

const PAGE = 200;

/** Patches of the series of a project that were posted at or after a time, whatever their state. No more than this is kept of years of series. */
export async function patchesSince(db: Db, project: string, posted: number): Promise<readonly PostedPatch[]> {
  const found: PostedPatch[] = [];
  for (let last: { id: number; posted: number; msgid: string } | undefined; ; ) {
    let rows = db.selectFrom('series').select(['id', 'posted', 'msgid', 'document']).where('project', '=', project);
    rows =
      last === undefined
        ? rows.where('posted', '>=', posted)
        : rows.where(sql<SqlBool>`(posted, msgid, id) > (${last.posted}, ${last.msgid}, ${last.id})`);
    const page = await rows.orderBy('posted').orderBy('msgid').orderBy('id').limit(PAGE).execute();
    for (const { document } of page) found.push(...patchesOf(JSON.parse(document) as Series));
    last = page.at(-1);
    if (last === undefined || page.length < PAGE) return found;
  }
}

function patchesOf({ patches, posted, target }: Series): readonly PostedPatch[] {
  return patches.map(({ msgid, subject, author, paths, contentHash }) => {
    return { msgid, title: subject, author, posted, paths, contentHash, target };
  });
}

/** Id of the newest mail, 0 where there is none. */
export async function newestMail(db: Db): Promise<number> {
  const row = await db
    .selectFrom('message')
    .select(({ fn }) => fn.max('id').as('id'))
    .executeTakeFirst();
  return row?.id ?? 0;
}

/** Time of posting of the oldest series of a project that has a mail newer than `mail` (an id); null where none has. Epoch ms. */
export async function oldestNews(db: Db, project: string, mail: number): Promise<number | null> {
  const row = await db
    .selectFrom('series')
    .innerJoin('series_message', 'series_message.series', 'series.id')
    .innerJoin('message', 'message.msgid', 'series_message.msgid')
    .select(({ fn }) => fn.min('series.posted').as('posted'))
    .where('series.project', '=', project)
    .where('message.id', '>', mail)
    .executeTakeFirst();
  return row?.posted ?? null;
}
