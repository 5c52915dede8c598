/**
 * Characters that hide text, turn its direction or break a line: control characters but tab and newline, direction marks,
 * embeddings and isolates (Unicode TR 9), zero-width space, separators of lines and paragraphs, tag characters. Joiners
 * (U+200C, U+200D) stay: words of some languages need them.
 */
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** ASCII that is shown as it is: most values of a page, and of a page with a list there are hundreds. */
const PLAIN = /^[\t\n !#-%(-;=?-~]*$/;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that was made by a template and is HTML already. Only the renderer makes such values. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Shows characters that nobody would see, e.g. `⟨U+202E⟩` for the one that turns the direction. Lone surrogates become U+FFFD. */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(UNSEEN, (found) => `⟨U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

/**
 * What every `<%= … %>` of a page goes through: escaped for text and quoted attributes alike; null is nothing.
 * @throws TypeError for undefined and objects: a template that asks for what is not there
 */
export function escapeHtml(value: unknown): string {
  if (value instanceof Html) return value.text;
  if (value === null) return '';
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new TypeError(`a value of type ${typeof value} cannot be shown`);
  const text = String(value);
  return PLAIN.test(text) ? text : visible(text).replace(/[&<>"']/g, (found) => ENTITIES[found] ?? '');
}
