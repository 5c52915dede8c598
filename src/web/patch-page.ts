import { fateOf } from '../review/inline-comments.ts';
import type { Tag } from '../review/tag.ts';
import type { Series, SeriesPatch } from '../series/series.ts';
import type { Db } from '../store/schema.ts';
import { seriesByMsgid, seriesOfChange } from '../store/series.ts';
import type { StoredSeries } from '../store/series.ts';
import { type DiffFile, diffFiles, type DiffRow, ROWS } from './diff-rows.ts';
import type { Token } from './highlight.ts';
import { changePath, comparePath, messagePath, patchPath } from './links.ts';
import { tagCells, type TagCell } from './matrix.ts';
import type { WebOptions } from './options.ts';
import { type PatchLines, patchLines } from './patch-text.ts';
import { versionId } from './series-table.ts';
import { type CommentModel, commentsByLine, repliesOf, threadModel, type ThreadMail } from './thread-view.ts';
import type { Html } from './visible.ts';
import { moment, personWords, short, versionWords } from './words.ts';
import type { Moment } from './words.ts';

/** A row with what was said about it, and its text in pieces, each with the classes of the style sheet that colour it. */
export interface CommentedRow extends Omit<DiffRow, 'tokens'> {
  readonly pieces: readonly { readonly text: string; readonly classes: string }[];
  readonly comments: Html | null;
}

/** A line of the commit message. */
export interface MessageRow {
  readonly line: number;
  readonly text: string;
  /** mailed: the author's; added: a tag that reviewers gave. */
  readonly kind: 'mailed' | 'added';
  readonly comments: Html | null;
}

export interface PatchModel {
  readonly title: string;
  readonly name: string;
  readonly version: string;
  readonly change: { readonly subject: string; readonly href: string };
  readonly author: string;
  readonly posted: Moment;
  readonly msgid: string;
  readonly mailHref: string;
  readonly rawHref: string;
  readonly evidenceHref: string;
  readonly before: string;
  readonly after: string;
  readonly versions: readonly { word: string; href: string; compare: string; current: boolean }[];
  readonly tags: readonly TagCell[];
  readonly message: readonly MessageRow[];
  /** What the author says below `---`: for reviewers, and in no commit. */
  readonly notes: readonly Omit<MessageRow, 'kind'>[];
  readonly files: readonly (Omit<DiffFile, 'rows'> & { readonly rows: readonly CommentedRow[] })[];
  /** What was said of the patch as a whole. */
  readonly general: Html | null;
  readonly open: number;
  readonly answered: number;
  readonly thread: Html | null;
  /** Words where not all of it is shown, or empty. */
  readonly cut: string;
}

/** Makes the parts of the page that stand in it several times, or also in others. */
export interface PatchParts {
  readonly comments: (comments: readonly CommentModel[]) => Html;
  readonly thread: (thread: readonly ThreadMail[]) => Html;
}

/** A patch with the series that it stands in; null where no series has it. */
export async function patchInSeries(
  db: Db,
  msgid: string,
): Promise<{ readonly stored: StoredSeries; readonly patch: SeriesPatch; readonly tags: readonly Tag[] } | null> {
  const stored = await seriesByMsgid(db, msgid);
  const patch = stored?.series.patches.find((one) => one.msgid === msgid);
  if (stored === null || patch === undefined) return null;
  return { stored, patch, tags: stored.tags.patches.get(msgid) ?? [] };
}

/** Reads a patch with its comments; null where it is not known. */
export async function patchModel(
  { store, patches: reader, readMessage }: Pick<WebOptions, 'store' | 'patches' | 'readMessage'>,
  msgid: string,
  now: number,
  render: PatchParts,
): Promise<PatchModel | null> {
  const { db } = store;
  const found = await patchInSeries(db, msgid);
  const lines = found === null ? null : await patchLines(db, reader, msgid, found.tags);
  if (found === null || lines === null) return null;
  const { stored, patch, tags } = found;
  const { series } = stored;
  const versions = await seriesOfChange(db, series.change, series.project);
  const replies = await repliesOf(db, stored.component, msgid, readMessage);
  const comments = commentsByLine(lines.all, replies, await fates(db, reader, versions, found, lines), now);
  const all = [...comments.values()].flat();
  const at = (line: number | null): Html | null => {
    const found = comments.get(line);
    return found === undefined ? null : render.comments(found);
  };
  const place = series.patches.indexOf(patch);
  const neighbour = (step: number) => {
    const other = series.patches[place + step];
    return other === undefined ? '' : patchPath(other.msgid);
  };
  return {
    title: short(patch.subject) || '(no subject)',
    name: `${patch.index}/${patch.total}`,
    version: versionWords(series),
    change: { subject: short(series.subject), href: changePath(series.change, series.project, versionId(series)) },
    author: personWords(lines.content.author),
    posted: moment(Date.parse(patch.date), now),
    msgid,
    mailHref: messagePath(msgid),
    rawHref: `${messagePath(msgid)}/raw`,
    evidenceHref: `${patchPath(msgid)}/evidence`,
    before: neighbour(-1),
    after: neighbour(1),
    versions: versions.map((one) => versionLink(one.series, series, patch)),
    tags: tagCells(tags),
    message: messageRows(lines, at),
    notes: lines.notes.map((text, below) => lineRow(text, lines.message.length + below, at)),
    files: diffFiles(lines.diff, lines.message.length + lines.notes.length).map((file) => ({
      ...file,
      rows: file.rows.map(({ tokens, ...row }) => ({ ...row, pieces: tokens.map(pieceOf), comments: at(row.line) })),
    })),
    general: at(null),
    open: all.filter(({ answered }) => !answered).length,
    answered: all.filter(({ answered }) => answered).length,
    thread: replies.length === 0 ? null : render.thread(threadModel(msgid, replies, now)),
    cut: lines.diff.length > ROWS ? `Only the first ${ROWS} of ${lines.diff.length} lines are shown.` : '',
  };
}

function pieceOf({ kind, text, changed }: Token): CommentedRow['pieces'][number] {
  return { text, classes: [...(kind === 'plain' ? [] : [kind]), ...(changed ? ['changed'] : [])].join(' ') };
}

function messageRows({ message, content }: PatchLines, at: (line: number) => Html | null): MessageRow[] {
  const own = new Set(content.own.split('\n').map((line) => line.trim()));
  return message.map((text, line) => ({
    ...lineRow(text, line, at),
    kind: own.has(text.trim()) ? 'mailed' : 'added',
  }));
}

function lineRow(text: string, line: number, at: (line: number) => Html | null): Omit<MessageRow, 'kind'> {
  return { line, text: text.length > 1000 ? `${text.slice(0, 1000).toWellFormed()} […]` : text, comments: at(line) };
}

/** The patch of another version that is the same work: by title, else by its place where both have as many. */
export function counterpart(other: Series, own: Series, patch: SeriesPatch): SeriesPatch | null {
  const named = other.patches.find(({ subject }) => subject === patch.subject);
  const placed = other.patches.length === own.patches.length ? other.patches[own.patches.indexOf(patch)] : undefined;
  return named ?? placed ?? null;
}

function versionLink(other: Series, own: Series, patch: SeriesPatch): PatchModel['versions'][number] {
  const same = counterpart(other, own, patch);
  const current = other.key === own.key;
  const [old, fresh] = other.posted < own.posted ? [other, own] : [own, other];
  return {
    word: versionWords(other),
    href: same === null ? '' : patchPath(same.msgid),
    compare: current ? '' : comparePath(own.change, own.project, versionId(old), versionId(fresh)),
    current,
  };
}

/** Tells of each line whether the newest version still has it. */
async function fates(
  db: Db,
  reader: WebOptions['patches'],
  versions: readonly StoredSeries[],
  { stored, patch }: { readonly stored: StoredSeries; readonly patch: SeriesPatch },
  lines: PatchLines,
): Promise<(line: number) => string> {
  const newest = versions.at(-1);
  if (newest === undefined || newest.series.key === stored.series.key) return () => '';
  const word = versionWords(newest.series);
  const other = counterpart(newest.series, stored.series, patch);
  if (other === null) return () => `${word} has no such patch`;
  const fresh = await patchLines(db, reader, other.msgid, []);
  if (fresh === null) return () => '';
  return (line) =>
    fateOf(lines.all[line] ?? '', fresh.all) === 'kept' ? `still there in ${word}` : `changed in ${word}`;
}
