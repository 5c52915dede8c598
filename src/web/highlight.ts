/** What a piece of code is: it only decides on the colour. */
export type TokenKind = 'plain' | 'keyword' | 'string' | 'comment' | 'number' | 'directive';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** True where a line that changed has other words than before. */
  readonly changed?: boolean;
}

/** How a language is coloured. */
interface Language {
  readonly keywords: ReadonlySet<string>;
  /** Begins a comment that ends with the line. */
  readonly line: string;
  /** Has comments as C has them. */
  readonly block: boolean;
  /** `#` at the start of a line is a directive. */
  readonly directives: boolean;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const C: Language = {
  keywords: words(
    'auto bool break case char const continue default do double else enum extern false float for goto if inline int long NULL register restrict return short signed sizeof static struct switch true typedef typeof union unsigned void volatile while int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t size_t ssize_t paddr_t __init __initdata __read_mostly likely unlikely asm fn let mut pub impl match use mod trait func package type interface import class public private protected this new delete namespace template virtual',
  ),
  line: '//',
  block: true,
  directives: true,
};
const SCRIPT: Language = {
  keywords: words(
    'and as assert break case class continue def del do done elif else endif endef esac except export fi finally for from function global if ifdef ifeq ifndef ifneq import in include is lambda local my not or pass raise return sub then try unless until use while with yield True False None define override config depends select bool tristate default help',
  ),
  line: '#',
  block: false,
  directives: false,
};
const ASSEMBLER: Language = {
  keywords: words('macro endm section globl global align'),
  line: '#',
  block: true,
  directives: false,
};
const OCAML: Language = {
  keywords: words(
    'let rec in match with fun function type module open val external if then else begin end and of mutable try raise',
  ),
  line: '\0',
  block: false,
  directives: false,
};

const BY_ENDING: Readonly<Record<string, Language>> = {
  c: C,
  h: C,
  cc: C,
  cpp: C,
  hpp: C,
  rs: C,
  go: C,
  js: C,
  ts: C,
  mjs: C,
  java: C,
  dts: C,
  dtsi: C,
  lds: C,
  py: SCRIPT,
  sh: SCRIPT,
  pl: SCRIPT,
  mk: SCRIPT,
  yml: SCRIPT,
  yaml: SCRIPT,
  toml: SCRIPT,
  cmake: SCRIPT,
  ac: SCRIPT,
  m4: SCRIPT,
  S: ASSEMBLER,
  s: ASSEMBLER,
  asm: ASSEMBLER,
  ml: OCAML,
  mli: OCAML,
};
const BY_NAME = /(?:^|\/)(?:Makefile|Kconfig|Kbuild|Config\.mk|Rules\.mk|configure|Dockerfile)[^/]*$/;

/** Lines longer than this are data and not coloured. */
const LONGEST = 500;

/** A word, a number, a string, or any other single character: each alternative ends at the first character that it does not take. */
const PIECE = /[A-Za-z_][A-Za-z0-9_]*|\d[\w.]*|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\/\*|\/\/|#|\s+|[^]/y;

/** Colours lines of one file, one after the other: a comment may go over several. The joined texts of the tokens are always the line. */
export function highlighter(path: string): (line: string) => readonly Token[] {
  const ending = /\.([A-Za-z0-9]+)$/.exec(path)?.[1] ?? '';
  const language = BY_NAME.test(path) ? SCRIPT : Object.hasOwn(BY_ENDING, ending) ? BY_ENDING[ending] : undefined;
  if (language === undefined) return (line) => [{ kind: 'plain', text: line }];
  let inComment = false;
  return (line) => {
    if (line.length > LONGEST) return [{ kind: 'plain', text: line }];
    const tokens: Token[] = [];
    let rest = line;
    if (inComment || (language.block && /^\s*\* /.test(line))) {
      const end = rest.indexOf('*/');
      if (end < 0) return [{ kind: 'comment', text: line }];
      tokens.push({ kind: 'comment', text: rest.slice(0, end + 2) });
      rest = rest.slice(end + 2);
      inComment = false;
    }
    const coloured = colour(rest, language);
    inComment = coloured.open;
    return [...tokens, ...coloured.tokens];
  };
}

function colour(line: string, language: Language): { tokens: Token[]; open: boolean } {
  const tokens: Token[] = [];
  const put = (kind: TokenKind, text: string): void => {
    const last = tokens.at(-1);
    if (last?.kind === kind) tokens[tokens.length - 1] = { kind, text: last.text + text };
    else if (text !== '') tokens.push({ kind, text });
  };
  if (language.directives && /^\s*#/.test(line)) return { tokens: [{ kind: 'directive', text: line }], open: false };
  for (let at = 0; at < line.length; ) {
    if (line.startsWith(language.line, at)) {
      put('comment', line.slice(at));
      break;
    }
    if (language.block && line.startsWith('/*', at)) {
      const end = line.indexOf('*/', at + 2);
      put('comment', end < 0 ? line.slice(at) : line.slice(at, end + 2));
      if (end < 0) return { tokens, open: true };
      at = end + 2;
      continue;
    }
    PIECE.lastIndex = at;
    const piece = PIECE.exec(line)?.[0] ?? '';
    put(kindOf(piece, language), piece);
    at += piece.length || 1;
  }
  return { tokens, open: false };
}

function kindOf(piece: string, { keywords }: Language): TokenKind {
  const first = piece[0] ?? '';
  if (keywords.has(piece)) return 'keyword';
  if (piece.length > 1 && (first === '"' || first === "'")) return 'string';
  return /^\d/.test(first) ? 'number' : 'plain';
}
