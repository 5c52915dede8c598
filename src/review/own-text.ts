import { hunkHeading } from '../patch/hunk-heading.ts';

/** One line of a mail's text: who wrote it, as far as the form tells. */
export interface TextLine {
  readonly text: string;
  /** True for the sender's own words, false for a quote. */
  readonly own: boolean;
}

const MAX_LINES = 20_000;
const QUOTE = /^ {0,3}[>|]/;
/** Below these the mail has nothing more to say: signature, list footer, an unquoted original. */
const END =
  /^(?:-- ?|-{3,10} ?(?:Original Message|Ursprüngliche Nachricht|Forwarded message|Original-Nachricht) ?-{3,10})$/i;
const FOOTER = /mailing list|mailman|listinfo|^https?:\/\/|unsubscribe/i;
const MAIL_HEADER = /^\*?(?:From|Von|De|发件人)\*?\s?[::] ?\S/i;
const MAIL_HEADERS =
  /^\*?(?:Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|发送时间|收件人|主题)\*?\s?[::]/i;
const DIFF = /^(?:diff --git |diff -[a-zA-Z]|Index: \S|GIT binary patch)/;
/** The head of a patch that stands in the text: format-patch's first line, scissors. */
const PATCH_HEAD = /^(?:From [0-9a-f]{40} |-{2,}.{0,20}(?:>8|8<).{0,40}-{2,}$)/;

function startsOriginal(lines: readonly string[], at: number): boolean {
  if (!MAIL_HEADER.test(lines[at] ?? '')) return false;
  return lines.slice(at + 1, at + 5).some((line) => MAIL_HEADERS.test(line));
}

/** A rule of underscores that leads a list's footer or an original; elsewhere it belongs to a table. */
function startsFooter(lines: readonly string[], at: number): boolean {
  if (!/^_{30,}$/.test(lines[at] ?? '')) return false;
  const next = lines.slice(at + 1, at + 5);
  return next.some((line, index) => FOOTER.test(line) || startsOriginal(lines, at + 1 + index));
}

function startsDiff(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  if (DIFF.test(line) || hunkHeading(line) !== null) return true;
  return line.startsWith('--- ') && (lines[at + 1]?.startsWith('+++ ') ?? false);
}

const DIFF_HEADER =
  /^(?:diff |Index: |=+$|index [0-9a-f]|--- |\+\+\+ |(?:old|new|deleted) (?:file )?mode |similarity |dissimilarity |(?:rename|copy) (?:from|to) |Binary files |GIT binary patch|\\ )/;

/**
 * First line behind the patch that begins at `from`: its message and diffstat, then each file's hunks, by their counts. What follows are
 * the sender's words again. A quote ends it in any case.
 */
function skipPatch(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && !QUOTE.test(lines[at] ?? '') && !startsDiff(lines, at)) at += 1;
  for (let before = 0, after = 0; at < lines.length && !QUOTE.test(lines[at] ?? ''); at += 1) {
    const line = lines[at] ?? '';
    const heading = hunkHeading(line);
    if (heading !== null) {
      before = heading.oldLines;
      after = heading.newLines;
    } else if (before > 0 || after > 0) {
      // Mail programs take the blank of an empty context line away.
      const kind = line[0] ?? ' ';
      if (!' +-\\'.includes(kind)) return at;
      if (kind !== '+' && kind !== '\\') before -= 1;
      if (kind !== '-' && kind !== '\\') after -= 1;
    } else if (!DIFF_HEADER.test(line) && !(line === '' && startsDiff(lines, at + 1))) return at;
  }
  return at;
}

/** Takes back the tag lines directly above a `---`: they are the message of a patch that somebody wrote into his answer. */
function dropMessageAbove(out: TextLine[]): void {
  for (let at = out.length - 1; at >= 0; at -= 1) {
    const line = out[at];
    if (line === undefined || !line.own || !/^(?:\s*|[A-Za-z-]{3,40}:\s.*)$/.test(line.text)) return;
    out[at] = { text: '', own: true };
  }
}

/**
 * Lines of a mail's text with quotes marked, and without what are not the sender's words on the patch: signature, footer,
 * an unquoted original, a patch of his own with its message.
 */
export function ownLines(text: string): TextLine[] {
  const lines = text
    .replaceAll('\u00A0', ' ')
    .split('\n', MAX_LINES)
    .map((line) => line.trimEnd());
  const lastQuote = lines.findLastIndex((line) => QUOTE.test(line));
  const out: TextLine[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    if (QUOTE.test(line)) {
      out.push({ text: line, own: false });
      at += 1;
    } else if (END.test(line)) {
      // Above a quote `--` is a rule between parts; a signature has no quote below it.
      if (line.length <= 3 && at < lastQuote) at += 1;
      else break;
    } else if (startsOriginal(lines, at) || startsFooter(lines, at)) break;
    else if (line === '---' || startsDiff(lines, at) || PATCH_HEAD.test(line)) {
      if (line !== '---' || followedByDiff(lines, at)) {
        dropMessageAbove(out);
        // Whatever begins a patch is none of his words, even where nothing of a patch follows.
        at = Math.max(skipPatch(lines, at), at + 1);
      } else at += 1;
    } else {
      out.push({ text: line, own: true });
      at += 1;
    }
  }
  return out;
}

function followedByDiff(lines: readonly string[], at: number): boolean {
  for (let next = at + 1; next < Math.min(lines.length, at + 60) && !QUOTE.test(lines[next] ?? ''); next += 1) {
    if (startsDiff(lines, next) || /^ .{1,200} \| +\d+ /.test(lines[next] ?? '')) return true;
  }
  return false;
}
