import type { PatchPair } from '../mirror/range-diff/range-diff.ts';
import { seriesOfChange } from '../store/series.ts';
import type { StoredSeries } from '../store/series.ts';
import { BadRequest } from './bad-request.ts';
import { changePath, comparePath, patchPath } from './links.ts';
import type { WebOptions } from './options.ts';
import { fateOf } from '../review/inline-comments.ts';
import { inlineComments } from '../review/inline-comments.ts';
import { contentsOf, patchLines } from './patch-text.ts';
import { counterpart } from './patch-page.ts';
import { versionId } from './series-table.ts';
import { repliesOf } from './thread-view.ts';
import { personWords, short, versionWords } from './words.ts';
import type { Badge } from './words.ts';

/** Comments of the old version whose lines are followed. */
const FOLLOWED = 100;

const MARKS = {
  '=': { word: 'unchanged', tone: 'quiet' },
  '!': { word: 'changed', tone: 'warn' },
  '<': { word: 'dropped', tone: 'bad' },
  '>': { word: 'new', tone: 'good' },
} as const satisfies Record<PatchPair['mark'], Badge>;

/** A run of lines of a difference of two patches: the first mark says which version has it, the second what the patch does. */
export interface CompareBlock {
  readonly kind: 'added' | 'removed' | 'hunk' | 'text';
  readonly text: string;
}

export interface CompareModel {
  readonly title: string;
  readonly href: string;
  readonly change: string;
  readonly project: string;
  readonly old: string;
  readonly fresh: string;
  readonly choices: readonly { id: string; word: string; isOld: boolean; isFresh: boolean }[];
  readonly action: string;
  /** Null where there is too much to compare. */
  readonly pairs:
    | readonly {
        id: string;
        old: string;
        fresh: string;
        badge: Badge;
        title: string;
        blocks: readonly CompareBlock[];
      }[]
    | null;
  readonly comments: readonly { person: string; href: string; line: string; text: string; fate: Badge }[];
}

/** Compares two versions of a change. @throws BadRequest where a version is none of it @returns null where the change is not known */
export async function compareModel(
  options: Pick<WebOptions, 'store' | 'patches' | 'readMessage'>,
  change: string,
  project: string | null,
  query: Readonly<Record<string, string>>,
): Promise<CompareModel | null> {
  const { db } = options.store;
  const all = await seriesOfChange(db, change);
  const chosen = project ?? all.at(-1)?.series.project;
  const versions = all.filter(({ series }) => series.project === chosen);
  const last = versions.at(-1);
  if (last === undefined) return null;
  const named = (name: string, usual: StoredSeries): StoredSeries => {
    const id = query[name] ?? '';
    const found = id === '' ? usual : versions.find(({ series }) => versionId(series) === id);
    if (found === undefined) throw new BadRequest(`${name}: this change has no such version`);
    return found;
  };
  const fresh = named('new', last);
  const old = named('old', versions.at(-2) ?? last);
  const pairs = options.patches.compare(
    await contentsOf(db, options.patches, old),
    await contentsOf(db, options.patches, fresh),
  );
  const words = { old: versionWords(old.series), fresh: versionWords(fresh.series) };
  return {
    title: short(fresh.series.subject) || '(no subject)',
    href: changePath(change, fresh.series.project),
    change,
    project: fresh.series.project,
    ...words,
    choices: versions.map(({ series }) => ({
      id: versionId(series),
      word: versionWords(series),
      isOld: series.key === old.series.key,
      isFresh: series.key === fresh.series.key,
    })),
    action: comparePath(change, null, '', ''),
    pairs: pairs === null ? null : pairs.map((pair, at) => pairModel(pair, at)),
    comments: await followed(options, old, fresh),
  };
}

function pairModel({ old, fresh, mark, title, lines }: PatchPair, at: number) {
  return {
    id: `pair-${at + 1}`,
    old: old === null ? '–' : String(old),
    fresh: fresh === null ? '–' : String(fresh),
    badge: MARKS[mark],
    title: short(title),
    blocks: blocksOf(lines.slice(0, 3000)),
  };
}

function blocksOf(lines: readonly string[]): readonly CompareBlock[] {
  const blocks: { kind: CompareBlock['kind']; text: string }[] = [];
  for (const line of lines) {
    const kind = line.startsWith('@@')
      ? 'hunk'
      : line.startsWith('+')
        ? 'added'
        : line.startsWith('-')
          ? 'removed'
          : 'text';
    const text = `${line.slice(0, 1000).toWellFormed()}\n`;
    const last = blocks.at(-1);
    if (last?.kind === kind) last.text += text;
    else blocks.push({ kind, text });
  }
  return blocks;
}

/** What became of the lines that were commented in the old version. */
async function followed(
  { store, patches: reader, readMessage }: Pick<WebOptions, 'store' | 'patches' | 'readMessage'>,
  old: StoredSeries,
  fresh: StoredSeries,
): Promise<CompareModel['comments']> {
  const { db } = store;
  const rows: CompareModel['comments'][number][] = [];
  for (const patch of old.series.patches) {
    if (rows.length >= FOLLOWED) break;
    const replies = await repliesOf(db, old.component, patch.msgid, readMessage);
    const lines = replies.length === 0 ? null : await patchLines(db, reader, patch.msgid, []);
    if (lines === null) continue;
    const other = counterpart(fresh.series, old.series, patch);
    const now = other === null ? null : await patchLines(db, reader, other.msgid, []);
    for (const { from, text, line } of inlineComments(lines.all, replies)) {
      if (line === null) continue;
      const words = lines.all[line] ?? '';
      const fate: Badge =
        now === null
          ? { word: 'the patch is gone', tone: 'quiet' }
          : fateOf(words, now.all) === 'kept'
            ? { word: 'line is as it was', tone: 'warn' }
            : { word: 'line has changed', tone: 'good' };
      rows.push({
        person: personWords(from),
        href: `${patchPath(patch.msgid)}#L${line}`,
        line: short(words, 120),
        text: short(text, 160),
        fate,
      });
    }
  }
  return rows.slice(0, FOLLOWED);
}
