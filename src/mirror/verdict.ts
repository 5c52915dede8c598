import type { ExecResult } from '../util/exec.ts';
import { gitLines, gitWords } from './git-words.ts';

/** What `git apply` meant by failing. */
export type ApplyVerdict =
  | { readonly state: 'conflict'; readonly file: string; readonly line: number; readonly detail: string }
  | { readonly state: 'refused'; readonly detail: string }
  | { readonly state: 'error'; readonly detail: string };

/** The patch is fine, but the files are not what it expects. Anchored at both ends: file names are hostile text. */
const CONFLICT = [
  /^error: patch failed: (?<file>.*):(?<line>\d{1,9})$/,
  /^error: (?<file>.*): (?:does not exist in index|already exists in index|does not match index|wrong type|patch does not apply)$/,
  /^error: binary patch does not apply to '(?<file>.*)'$/,
  /^error: binary patch to '(?<file>.*)' creates incorrect result \(expecting [0-9a-f]+, got [0-9a-f]+\)$/,
  /^error: the patch applies to '(?<file>.*)' \([0-9a-f]+\), which does not match the current contents\.$/,
  /^error: the patch applies to an empty '(?<file>.*)' but it is not empty$/,
  /^error: path (?<file>.*) has been renamed\/deleted$/,
  /^error: (?<file>.*) has type of \d+, expected \d+$/,
  /^error: removal patch leaves file contents$/,
];

/** The patch itself is at fault: damaged, or it asks for what git never does. */
const REFUSED =
  /^(?:error|fatal): (?:invalid path '|corrupt |(?:affected file|reading from) '.*' beyond a symbolic link|affected file '.*' is beyond a symbolic link|No valid patches in input|patch with only garbage|patch fragment without header|git diff header lacks filename|git apply: bad git-diff|cannot apply binary patch to '|missing binary patch data|unrecognized binary patch|unable to find filename in patch|inconsistent header lines|invalid mode on line|invalid start of line|new file .* depends on old contents|deleted file .* still has contents|new mode \(\d+\) of |recount: |Out of memory|attempting to allocate)/;

/** The machine is at fault: disk, rights, a damaged repository. */
const MACHINE =
  /^(?:error|fatal|warning): (?:.*(?:No space left on device|Disk quota exceeded|Read-only file system|Input\/output error|Permission denied|Too many open files|Cannot allocate memory)|not a git repository|(?:failed|unable|could not|cannot|can't) (?:to )?(?:read|write|open|create|add|close|stat|unlink|remove|mmap|lock)|git apply: failed to read|unable to |index file |bad (?:object|signature|index)|missing (?:blob|tree|object)|object file |loose object |packed object |the necessary postimage )/i;

/** Reads the end of a `git apply` that did not succeed. Never calls it a conflict where the machine had a hand in it. */
export function verdictOfApply(result: ExecResult, repository: string): ApplyVerdict {
  const detail = gitWords(result, [repository]);
  if (result.timedOut) return { state: 'refused', detail: 'git needs too long to apply it' };
  if (result.signal !== null || result.code === null) return { state: 'error', detail };
  const lines = result.stderr.split('\n').filter((line) => line !== '');
  const refused = lines.find((line) => REFUSED.test(line));
  if (refused !== undefined)
    return { state: 'refused', detail: gitWords({ ...result, stderr: refused }, [repository]) };
  const matches = lines.map((line) => matchConflict(line));
  if (lines.some((line, number) => matches[number] === null && MACHINE.test(line))) return { state: 'error', detail };
  const found = matches.filter((match) => match !== null);
  const first = found.find((match) => match.line > 0) ?? found[0];
  if (first) return { state: 'conflict', ...first, detail: gitLines(result.stderr, [repository]) };
  return { state: result.code === 1 ? 'refused' : 'error', detail };
}

function matchConflict(line: string): { file: string; line: number } | null {
  for (const pattern of CONFLICT) {
    const match = pattern.exec(line);
    if (match) return { file: match.groups?.['file'] ?? '', line: Number(match.groups?.['line'] ?? 0) };
  }
  return null;
}
