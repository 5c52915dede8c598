import type { Finding } from './run.ts';
import { cleanLines } from './excerpt.ts';
import { BUILD_PATH } from './sandbox-args.ts';

const MOST = 50;
const LINE_LENGTH = 300;
/** Path, line, column, what it is, what it says: gcc, clang, and most that write as they do. */
const COMPILER = /^([^\s:"'`|;()&<>]{1,300}):(\d{1,7})(?::\d{1,5})?: (fatal error|error|warning): (.+)$/;
/** The linker names a file and section, or a line where there is debug information. */
const LINKER =
  /^(?:\S*\bld: )?([^\s:"'`|;()&<>]{1,300}):(?:(\d{1,7}):|\([^)]{1,80}\):) (undefined reference to .+|multiple definition of .+)$/;
/** rustc tells what is wrong in one line and where in the next. */
const RUST = /^(error|warning)(?:\[\w{1,10}\])?: (.+)$/;
const RUST_PLACE = /^\s*--> ([^\s:"'`|;()&<>]{1,300}):(\d{1,7}):\d{1,5}$/;

/** What compilers and linkers say in an output, errors first, each once, at most 50. Paths in the build directory are relative. */
export function findingsOf(output: string, directory: string = BUILD_PATH): readonly Finding[] {
  const lines = cleanLines(output, directory);
  const found = lines.flatMap((line, at) => findingIn(line, lines[at + 1] ?? ''));
  const unique = [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
  const errors = unique.filter((one) => one.kind === 'error');
  return [...errors, ...unique.filter((one) => one.kind !== 'error')].slice(0, MOST);
}

function findingIn(line: string, next: string): Finding[] {
  const compiler = COMPILER.exec(line);
  if (compiler !== null) {
    const [, file = '', number = '0', kind = '', text = ''] = compiler;
    return [finding(kind === 'warning' ? 'warning' : 'error', file, number, text)];
  }
  const linker = LINKER.exec(line);
  if (linker !== null) return [finding('error', linker[1] ?? '', linker[2] ?? '0', linker[3] ?? '')];
  const rust = RUST.exec(line);
  const place = rust === null ? null : RUST_PLACE.exec(next);
  if (rust === null || place === null) return [];
  return [finding(rust[1] === 'warning' ? 'warning' : 'error', place[1] ?? '', place[2] ?? '0', rust[2] ?? '')];
}

function finding(kind: Finding['kind'], file: string, line: string, text: string): Finding {
  return { kind, file: file.replace(/^(?:\.\/)+/, ''), line: Number(line), text: text.slice(0, LINE_LENGTH) };
}
