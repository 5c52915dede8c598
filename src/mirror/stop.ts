import type { Misfit } from './engine/outcome.ts';
import { shown } from './engine/paths.ts';
import type { ReadPatch } from './engine-run.ts';
import type { Base, Conflict, MirrorPatch } from './mirror.ts';
import type { ApplyVerdict } from './verdict.ts';

/** What stopped one patch; `words` continue "patch 2 of 3 …". */
export interface Stop {
  readonly state: 'conflict' | 'refused' | 'error';
  readonly words: string;
  readonly conflict: Conflict | null;
}

/** The patch is hostile, or unreadable. */
export function refusal(words: string): Stop {
  return { state: 'refused', words: `is refused: ${words}`, conflict: null };
}

/** The engine has found that the patch does not fit. */
export function misfitStop(one: ReadPatch & { kind: 'read' }, base: Base, { file, hunk, words }: Misfit): Stop {
  const path = shown(file);
  const line = hunk < 0 ? 0 : (one.files.find(({ from }) => from === file)?.hunks[hunk]?.oldStart ?? 0);
  const first = line > 0 ? `error: patch failed: ${path}:${line}\n` : '';
  return conflictStop(one.patch, base, path, line, `${first}error: ${path}: ${words}`);
}

/** git has not applied the patch. */
export function verdictStop(verdict: ApplyVerdict, patch: MirrorPatch, base: Base): Stop {
  if (verdict.state === 'error')
    return { state: 'error', words: `could not be tried: ${verdict.detail}`, conflict: null };
  if (verdict.state === 'refused')
    return { state: 'refused', words: `is refused by git: ${verdict.detail}`, conflict: null };
  return conflictStop(patch, base, verdict.file, verdict.line, verdict.detail);
}

function conflictStop(patch: MirrorPatch, base: Base, file: string, line: number, detail: string): Stop {
  const place = file === '' ? '' : `: ${file}${line > 0 ? `:${line}` : ''}`;
  const words = `does not apply on ${nameOf(base)}${place}`;
  return { state: 'conflict', words, conflict: { index: patch.index, msgid: patch.msgid, file, line, detail } };
}

/** `staging (1a2b3c4d5e6f)`, or the short id alone where the name is a commit id. */
export function nameOf(base: Base): string {
  const short = base.commit.slice(0, 12);
  return base.commit.startsWith(base.name) ? short : `${base.name} (${short})`;
}
