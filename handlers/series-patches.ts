import type { Message } from '../src/mail/message.ts';
import type { MirrorPatch } from '../src/mirror/mirror.ts';
import { type BaseLines, baseLines } from '../src/patch/base-lines.ts';
import { type MailTrailer, mailTrailers } from '../src/patch/mail-trailer.ts';
import type { Patch } from '../src/patch/patch.ts';
import { addTrailers } from '../src/patch/trailers.ts';
import type { SeriesTags } from '../src/review/tag.ts';
import { trailersFor } from '../src/review/trailers-for.ts';
import type { SeriesPatch } from '../src/series/series.ts';
import { rawOf } from '../src/store/messages.ts';
import type { StoredSeries } from '../src/store/series.ts';
import type { Db } from '../src/store/schema.ts';
import { PatchloomError } from '../src/util/errors.ts';
import { readMail } from './read-mail.ts';

/** The patches of a series as commits are made of them, read again from the raw mail, with all tags that count in place. */
export interface SeriesPatches {
  readonly patches: readonly MirrorPatch[];
  /** The `base-commit:` of the cover or the first patch that names one, or null. */
  readonly baseCommit: string | null;
  /** Ids of the patches that come between that commit and the series, in order (`prerequisite-patch-id:` lines). */
  readonly prerequisites: readonly string[];
  /** Message-IDs of the series that this one says to stand on (`Based-on:` lines), in order. */
  readonly basedOn: readonly string[];
}

const BASED_ON = /^Based-on: *(<[^<>\s]{1,500}>)\s*$/gm;

/**
 * @param trailer by which line each commit names its mail
 * @throws PatchloomError INCOMPLETE with the numbers of what is missing; NOT_FOUND where raw mail is not there
 */
export async function patchesOf(
  db: Db,
  stored: StoredSeries,
  trailer: MailTrailer = { kind: 'none' },
): Promise<SeriesPatches> {
  const { series, tags } = stored;
  if (!series.complete) {
    const missing = series.missing.map((index) => `${index}/${series.patches[0]?.total ?? '?'}`).join(', ');
    throw new PatchloomError('INCOMPLETE', `${series.subject}: patch ${missing} has not arrived`);
  }
  const patches: MirrorPatch[] = [];
  const cover = series.cover === null ? null : (await messageIn(db, series.cover)).message;
  let { commit: baseCommit, prerequisites } = baseLinesIn(cover);
  const basedOn = cover === null ? [] : basedOnIn(cover);
  for (const one of series.patches) {
    const { message, patch, mirrored } = await patchIn(db, one, tags, trailer);
    baseCommit ??= patch.baseCommit;
    if (prerequisites.length === 0) prerequisites = baseLinesIn(message).prerequisites;
    basedOn.push(...basedOnIn(message));
    patches.push(mirrored);
  }
  return { patches, baseCommit, prerequisites, basedOn: [...new Set(basedOn)] };
}

/** One patch as a commit is made of it, with all tags that count in place. @throws PatchloomError NOT_FOUND where raw mail is not there */
export async function patchIn(
  db: Db,
  { index, msgid, subject }: SeriesPatch,
  tags: SeriesTags,
  trailer: MailTrailer = { kind: 'none' },
): Promise<{ readonly message: Message; readonly patch: Patch; readonly mirrored: MirrorPatch }> {
  const { message, patch } = await messageIn(db, msgid);
  if (patch === null) throw new PatchloomError('NOT_FOUND', `${msgid}: its patch is not in the store`);
  const trailers = [...trailersFor(tags.patches.get(msgid) ?? []), ...mailTrailers(trailer, msgid)];
  const { author, authorDate, diff, repaired } = patch;
  const text = addTrailers(patch.message, trailers);
  return {
    message,
    patch,
    mirrored: { index, msgid, title: subject, author, authorDate, message: text, diff, repaired },
  };
}

async function messageIn(db: Db, msgid: string): ReturnType<typeof readMail> {
  const raw = await rawOf(db, msgid);
  if (raw === null) throw new PatchloomError('NOT_FOUND', `${msgid} is not in the store`);
  return readMail(raw);
}

function baseLinesIn(message: Message | null): BaseLines {
  return baseLines(message === null ? [] : textOf(message).split('\n'));
}

function textOf({ body }: Message): string {
  return Buffer.from(body).toString('latin1');
}

function basedOnIn(message: Message): string[] {
  return [...textOf(message).matchAll(BASED_ON)].map((match) => match[1] ?? '');
}
