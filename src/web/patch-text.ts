import type { Tag } from '../review/tag.ts';
import { rawOf } from '../store/messages.ts';
import type { Db } from '../store/schema.ts';
import type { StoredSeries } from '../store/series.ts';
import type { PatchContent, PatchReader } from './options.ts';

/** A patch and its lines, as comments are found in them. */
export interface PatchLines {
  readonly content: PatchContent;
  /** Of the message with its tags. */
  readonly message: readonly string[];
  /** Below `---`; none where there is nothing. */
  readonly notes: readonly string[];
  readonly diff: readonly string[];
  /** All three, one after the other. */
  readonly all: readonly string[];
}

/** Reads a patch of the store; null where there is none. */
export async function patchLines(
  db: Db,
  reader: PatchReader,
  msgid: string,
  tags: readonly Tag[],
): Promise<PatchLines | null> {
  const raw = await rawOf(db, msgid);
  const content = raw === null ? null : await reader.read(raw, tags);
  if (content === null) return null;
  const message = content.message.trimEnd().split('\n');
  const notes = content.notes === '' ? [] : content.notes.split('\n');
  const diff = Buffer.from(content.diff, 'latin1').toString('utf8').trimEnd().split('\n');
  return { content, message, notes, diff, all: [...message, ...notes, ...diff] };
}

/** All patches of a version that are there, in order. */
export async function contentsOf(db: Db, reader: PatchReader, { series }: StoredSeries): Promise<PatchContent[]> {
  const contents: PatchContent[] = [];
  for (const { msgid } of series.patches) {
    const raw = await rawOf(db, msgid);
    const content = raw === null ? null : await reader.read(raw, []);
    if (content !== null) contents.push(content);
  }
  return contents;
}
