import type { Attachment } from './message.ts';
import { leafBody, leafBytes, leafText } from './mime.ts';
import type { MimeLeaf } from './mime.ts';

/** What a mail says, apart from its headers. */
export interface Content {
  readonly text: string;
  readonly body: Uint8Array;
  readonly flowed: boolean;
  readonly charset: string;
  readonly attachments: readonly Attachment[];
}

/** Longest text kept for reading, in characters; the body is kept whole. */
const TEXT_CAP = 4 * 1024 * 1024;

/** Chooses the body among the parts, joins the text of all parts that are shown in line, and lists the rest. */
export function contentOf(leaves: readonly MimeLeaf[], oddities: Set<string>): Content {
  const main = bodyLeaf(leaves);
  if (main === null) oddities.add('no text/plain part');
  const body = main === null ? Buffer.alloc(0) : leafBody(main);
  const read = main === null ? { text: '', charset: 'utf-8' } : leafText(main, body, oddities);
  const more = leaves.filter((leaf) => leaf !== main && isShown(leaf));
  const texts = [read.text, ...more.map((leaf) => leafText(leaf, leafBody(leaf), oddities).text)];
  const attachments = leaves
    .filter((leaf) => leaf !== main && !isShown(leaf) && leaf.type !== 'text/html')
    .map(attachmentOf);
  const flowed = main?.flowed === true;
  return { text: tidy(joinLines(texts), oddities), body, flowed, charset: read.charset, attachments };
}

/**
 * The first text/plain part that is not an attachment; else any text/plain; else another text but HTML; a mail that is one
 * part of no known kind is its own body, because patches are sent so.
 */
function bodyLeaf(leaves: readonly MimeLeaf[]): MimeLeaf | null {
  const plain = leaves.filter((leaf) => leaf.type === 'text/plain');
  const [only] = leaves;
  return (
    plain.find((leaf) => leaf.disposition !== 'attachment') ??
    plain[0] ??
    leaves.find(
      (leaf) => leaf.type.startsWith('text/') && leaf.type !== 'text/html' && leaf.type !== 'text/calendar',
    ) ??
    (only?.root === true && only.type === 'application/octet-stream' ? only : null)
  );
}

function isShown(leaf: MimeLeaf): boolean {
  return leaf.type === 'text/plain' && leaf.disposition !== 'attachment' && leaf.filename === '';
}

function attachmentOf(leaf: MimeLeaf): Attachment {
  return { filename: Buffer.from(leaf.filename, 'latin1').toString('utf8'), type: leaf.type, content: leafBytes(leaf) };
}

function joinLines(texts: readonly string[]): string {
  return texts.map((text, index) => (index < texts.length - 1 && !text.endsWith('\n') ? `${text}\n` : text)).join('');
}

function tidy(text: string, oddities: Set<string>): string {
  let out = text;
  if (out.length > TEXT_CAP) {
    oddities.add('text cut at 4 MiB');
    out = out.slice(0, TEXT_CAP);
  }
  if (out.includes('\0')) {
    oddities.add('NUL bytes');
    out = out.replaceAll('\0', '\uFFFD');
  }
  return out;
}
