import type { Finding } from './run.ts';

const MOST = 50;
const TEXT = 300;
/** Longest piece of a file that may be one tag: what is longer is not read as one, so that the time stays in proportion. */
const TAG = /<(\/?)(testcase|failure|error)\b([^<>]{0,4000}?)(\/?)>/g;
const ATTRIBUTE = /([\w:.-]{1,40})\s*=\s*(?:"([^"]{0,2000})"|'([^']{0,2000})')/g;

/** The tests that a JUnit XML file says have failed, at most 50. The file is hostile: it is only looked through, never expanded. */
export function junitFailures(xml: string): readonly Finding[] {
  const found: Finding[] = [];
  let test: ReadonlyMap<string, string> | null = null;
  for (const [, closing, name, text = '', empty] of xml.matchAll(TAG)) {
    if (found.length >= MOST) break;
    if (name === 'testcase') test = closing === '/' || empty === '/' ? null : attributes(text);
    else if (closing !== '/' && test !== null) {
      found.push(failure(test, attributes(text)));
      // One test, one finding, however much it says.
      test = null;
    }
  }
  return found;
}

function attributes(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(ATTRIBUTE)].map(([, name = '', a, b]) => [name, plain(a ?? b ?? '')]));
}

function failure(test: ReadonlyMap<string, string>, why: ReadonlyMap<string, string>): Finding {
  const name = [test.get('classname'), test.get('name')].filter((part) => part !== undefined && part !== '').join('.');
  const message = why.get('message') ?? '';
  const line = /^\d{1,7}$/.test(test.get('line') ?? '') ? Number(test.get('line')) : 0;
  const text = (message === '' ? name : `${name}: ${message}`).slice(0, TEXT);
  return { kind: 'test', file: test.get('file') ?? '', line, text, test: name.slice(0, TEXT) };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Text of an attribute on one line, without control characters. Numbered characters become spaces: nobody needs them here. */
function plain(text: string): string {
  return text
    .replace(/&(?:#\w{1,8}|(\w{1,6}));/g, (_, name: string | undefined) =>
      name === undefined ? ' ' : (ENTITIES[name] ?? ' '),
    )
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}
