import { short } from './words.ts';
import { visible } from './visible.ts';

/** What a run of lines is: it only decides on the looks. */
export type BlockKind = 'text' | 'quote' | 'tag' | 'added' | 'removed' | 'hunk' | 'file';

/** Lines that follow each other and are of one kind; ends with a newline, unless it is the last. */
export interface Block {
  readonly kind: BlockKind;
  readonly text: string;
}

/** A mail's text for the page; `cut` says in words what was left out, or is empty. */
export interface ShownText {
  readonly blocks: readonly Block[];
  readonly cut: string;
}

const LINE_CAP = 1000;
const LINES_CAP = 10_000;
const TEXT_CAP = 1_000_000;

/** Splits a mail's text for showing. `tagLines` are the lines in which tags were found. */
export function shownText(text: string, tagLines: ReadonlySet<string>): ShownText {
  const all = text.slice(0, TEXT_CAP).replaceAll('\r\n', '\n').split('\n');
  const lines = all.slice(0, LINES_CAP);
  const blocks: { kind: BlockKind; lines: string[] }[] = [];
  let inDiff = false;
  for (const line of lines) {
    inDiff = startsDiff(line) || (inDiff && line !== '-- ');
    const kind = tagLines.has(line.trim()) ? 'tag' : kindOf(line, inDiff);
    const last = blocks.at(-1);
    if (last?.kind === kind) last.lines.push(shortLine(line));
    else blocks.push({ kind, lines: [shortLine(line)] });
  }
  const whole = text.length <= TEXT_CAP && all.length <= LINES_CAP;
  return {
    blocks: blocks.map((block, at) => ({
      kind: block.kind,
      text: block.lines.join('\n') + (at === blocks.length - 1 ? '' : '\n'),
    })),
    cut: whole ? '' : `The text is longer than what is shown here (${text.length} characters).`,
  };
}

function startsDiff(line: string): boolean {
  return line.startsWith('diff --git ') || line.startsWith('Index: ') || /^--- [^\s]+\/[^\s]/.test(line);
}

function kindOf(line: string, inDiff: boolean): BlockKind {
  if (line.startsWith('>')) return 'quote';
  if (!inDiff) return 'text';
  if (startsDiff(line) || line.startsWith('+++ ')) return 'file';
  if (line.startsWith('@@')) return 'hunk';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : 'text';
}

/** Long lines are data, not text; the whole mail can be had raw. */
function shortLine(line: string): string {
  if (line.length <= LINE_CAP) return line;
  return `${visible(line.slice(0, LINE_CAP))} [… ${line.length - LINE_CAP} more characters]`;
}

/** Text that is shown whole, with lines of a bearable length. */
export function shownReport(text: string): string {
  return text
    .split('\n')
    .map((line) => shortLine(line))
    .join('\n');
}

/** A header's value on one line. */
export function shownHeader(value: string): string {
  return short(value, 2000);
}

/** Bytes of a header that are looked at; real ones stay below 64 KiB. */
const HEAD_CAP = 128 * 1024;

/** All of a mail's header as it came: folded, in its order, nothing decoded. Without an empty line after it, its first 128 KiB. */
export function shownHead(raw: Uint8Array): string {
  const text = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, HEAD_CAP)).toString('utf8');
  const [head = ''] = text.split(/\r?\n\r?\n/, 1);
  return shownReport(head);
}
