import { parseAddressHeader } from 'mailparser';
import { trimBlanks } from '../util/blanks.ts';
import { strictUtf8 } from './charset.ts';
import { decodeWords } from './encoded-words.ts';
import { allValues, firstValue } from './headers.ts';
import type { HeaderField } from './headers.ts';
import type { Address } from './message.ts';

/** The headers that need RFC 2047 and address syntax. */
export interface DecodedHeaders {
  readonly subject: string;
  readonly from: Address;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly replyTo: readonly Address[];
}

const NOBODY: Address = { name: '', email: '' };
const ADDRESS_CAP = 1_000;
const SUBJECT_CAP = 4_096;

/** Decodes subject and addresses. Bytes that are neither RFC 2047 nor UTF-8 are read as windows-1252. */
export function decodeHeaders(fields: readonly HeaderField[]): DecodedHeaders {
  const subject = firstValue(fields, 'subject');
  // Its address parser is called on its own: the whole parser keeps one of several To lines, this one gets all.
  return {
    subject: subject === null ? '' : clean(decodeWords(clean(unicode(subject).slice(0, SUBJECT_CAP)))),
    from: addressList(fields.filter((field) => field.name === 'from').slice(0, 1), 'from')[0] ?? NOBODY,
    to: addressList(fields, 'to'),
    cc: addressList(fields, 'cc'),
    replyTo: addressList(fields, 'reply-to'),
  };
}

/** The addresses in the fields of that name, groups flattened, those without an address left out. */
export function addressList(fields: readonly HeaderField[], name: string): Address[] {
  const values = allValues(fields, name).map(unicode);
  if (values.length === 0) return [];
  const out: Address[] = [];
  for (const entry of parseAddressHeader(values, { flatten: true }).value) {
    const email = clean(entry.address ?? '');
    if (email !== '' && out.length < ADDRESS_CAP) out.push({ name: clean(entry.name), email });
  }
  return out;
}

/** Header bytes (latin1 text) as Unicode. */
function unicode(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  const bytes = Buffer.from(value, 'latin1');
  return strictUtf8(bytes) ?? new TextDecoder('windows-1252').decode(bytes);
}

/** No control characters, no line ends: what is decoded may go into a page, a log or a header. */
function clean(value: string): string {
  return trimBlanks(value.replace(/[\x00-\x1f\x7f\u0085\u2028\u2029]+/g, ' '));
}
