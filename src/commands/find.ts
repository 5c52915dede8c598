import type { Context } from '../../handlers/context.ts';
import { dispositionOf, seriesByMsgid, seriesOfChange, type StoredSeries } from '../store/series.ts';
import type { Db } from '../store/schema.ts';
import { PatchloomError } from '../util/errors.ts';

/** A Message-ID as people paste it: with or without brackets, from an archive's URL. */
export function asMsgid(word: string): string {
  const last = word.includes('://') ? decodeURIComponent(word.replace(/\/+$/, '').split('/').at(-1) ?? '') : word;
  return last.startsWith('<') ? last : `<${last}>`;
}

/**
 * All versions of the change that a word names, oldest first: the change's name, its beginning or the digits at its end where only
 * one change has them, or the Message-ID of any of its mails, replies included. Empty where there is none.
 */
export async function findVersions(db: Db, word: string, project: string | null): Promise<readonly StoredSeries[]> {
  const only = project ?? undefined;
  const byName = await seriesOfChange(db, word, only);
  if (byName.length > 0) return byName;
  const byDigits = /^[0-9a-f]{6,}$/.test(word) ? await onlyChangeLike(db, `%-${word}%`, only) : [];
  if (byDigits.length > 0) return byDigits;
  const byStart = /^[a-z0-9-]{3,}$/.test(word) ? await onlyChangeLike(db, `${word}%`, only) : [];
  if (byStart.length > 0) return byStart;
  const msgid = asMsgid(word);
  const found = (await seriesByMsgid(db, msgid, only)) ?? (await seriesOfReply(db, msgid, only));
  return found ? seriesOfChange(db, found.series.change, found.series.project) : [];
}

/**
 * The one version that a word names: by Message-ID the version that has it, by the change's name its newest.
 * @throws PatchloomError NOT_FOUND
 */
export async function findSeries(
  context: Pick<Context, 'store'>,
  word: string,
  project: string | null,
): Promise<StoredSeries> {
  const { db } = context.store;
  const found = await seriesByMsgid(db, asMsgid(word), project ?? undefined);
  const series = found ?? (await findVersions(db, word, project)).at(-1);
  if (!series)
    throw new PatchloomError(
      'NOT_FOUND',
      `no change or mail "${word}" is known${project === null ? '' : ` in project ${project}`}`,
    );
  return series;
}

async function seriesOfReply(db: Db, msgid: string, project: string | undefined): Promise<StoredSeries | null> {
  const disposition = await dispositionOf(db, msgid);
  return disposition?.series ? seriesByMsgid(db, disposition.series, project) : null;
}

async function onlyChangeLike(db: Db, pattern: string, project: string | undefined): Promise<readonly StoredSeries[]> {
  const query = db.selectFrom('series').select('change').distinct().where('change', 'like', pattern).limit(2);
  const names = await (project === undefined ? query : query.where('project', '=', project)).execute();
  const [only] = names;
  return names.length === 1 && only ? seriesOfChange(db, only.change, project) : [];
}
