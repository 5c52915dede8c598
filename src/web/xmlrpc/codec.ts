import { XMLParser } from 'fast-xml-parser';

/** A value of XML-RPC (http://xmlrpc.com/spec.md), with `nil`. */
export type Value =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly Value[]
  | { readonly [name: string]: Value };

/** A call as it came in. */
export interface Call {
  readonly method: string;
  readonly params: readonly Value[];
}

/** Values inside of values: no client needs more. */
const DEEPEST = 10;

type Node = Readonly<Record<string, unknown>>;

/** Reads a call; null where it is none. Entities of its own, which a document type could bring, are not taken. */
export function readCall(text: string): Call | null {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) return null;
  const parser = new XMLParser({
    preserveOrder: true,
    trimValues: false,
    parseTagValue: false,
    ignoreAttributes: true,
    ignorePiTags: true,
  });
  try {
    const call = childrenOf(inside(parser.parse(text) as unknown, 'methodCall'));
    const method = textOf(inside(call, 'methodName')).trim();
    const params = childrenOf(inside(call, 'params')).filter((node) => 'param' in node);
    if (!/^[\w.]{1,50}$/.test(method)) return null;
    return { method, params: params.map((node) => valueOf(inside(childrenOf(node['param']), 'value'), 0)) };
  } catch {
    return null;
  }
}

function childrenOf(nodes: unknown): readonly Node[] {
  return Array.isArray(nodes) ? (nodes as Node[]) : [];
}

/** Children of the first element of that name. */
function inside(nodes: unknown, name: string): unknown {
  return childrenOf(nodes).find((node) => name in node)?.[name];
}

function textOf(nodes: unknown): string {
  return childrenOf(nodes)
    .map((node) => (typeof node['#text'] === 'string' ? node['#text'] : ''))
    .join('');
}

/** @throws where it is not well formed */
function valueOf(nodes: unknown, depth: number): Value {
  if (depth > DEEPEST) throw new Error('too deep');
  const [type, inner] = Object.entries(childrenOf(nodes).find((node) => !('#text' in node)) ?? {})[0] ?? [];
  switch (type) {
    case undefined:
      return textOf(nodes);
    case 'string':
    case 'dateTime.iso8601':
      return textOf(inner);
    case 'int':
    case 'i4':
    case 'i8':
    case 'double':
      return numberOf(textOf(inner).trim());
    case 'boolean':
      return textOf(inner).trim() === '1';
    case 'base64':
      return Buffer.from(textOf(inner), 'base64');
    case 'nil':
      return null;
    case 'array':
      return childrenOf(inside(inner, 'data')).flatMap((node) =>
        'value' in node ? [valueOf(node['value'], depth + 1)] : [],
      );
    case 'struct':
      return Object.fromEntries(
        childrenOf(inner).flatMap((node) =>
          'member' in node
            ? [[textOf(inside(node['member'], 'name')), valueOf(inside(node['member'], 'value'), depth + 1)]]
            : [],
        ),
      );
    default:
      throw new Error(`unknown type ${type}`);
  }
}

function numberOf(text: string): number {
  const value = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new Error('not a number');
  return value;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };
/** What XML 1.0 cannot say at all. */
const UNSAYABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

function escaped(text: string): string {
  return text.replaceAll(/[&<>\r]/g, (found) => ENTITIES[found] ?? '');
}

/** The answer to a call. */
export function answerText(value: Value): string {
  return `<?xml version='1.0'?>\n<methodResponse><params><param>${valueText(value)}</param></params></methodResponse>\n`;
}

/** The answer to a call that failed. */
export function faultText(code: number, words: string): string {
  return `<?xml version='1.0'?>\n<methodResponse><fault>${valueText({ faultCode: code, faultString: words })}</fault></methodResponse>\n`;
}

function valueText(value: Value): string {
  return `<value>${innerText(value)}</value>`;
}

function innerText(value: Value): string {
  if (value === null) return '<nil/>';
  if (typeof value === 'string') {
    // Text that XML cannot say goes as bytes; clients of Patchwork expect that of any text.
    const said = value.toWellFormed();
    return UNSAYABLE.test(said) ? innerText(Buffer.from(said)) : `<string>${escaped(said)}</string>`;
  }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? `<int>${value}</int>` : `<double>${value}</double>`;
  if (typeof value === 'boolean') return `<boolean>${value ? 1 : 0}</boolean>`;
  if (value instanceof Uint8Array) return `<base64>${Buffer.from(value).toString('base64')}</base64>`;
  if (isList(value)) return `<array><data>${value.map(valueText).join('')}</data></array>`;
  const members = Object.entries(value).map(
    ([name, one]) => `<member><name>${escaped(name)}</name>${valueText(one)}</member>`,
  );
  return `<struct>${members.join('')}</struct>`;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
