import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEAD_MS, type LiveStep, pieceFile, STEP_FILE } from './live-log.ts';

/** How far a reader has come. */
export interface LivePosition {
  readonly began: number;
  readonly offset: number;
}

/**
 * What has come since: another step, or text of the current one; now and then that nothing has, so that who passes it on learns of a reader that has gone.
 * Bytes that are no UTF-8, and control characters, are not passed on.
 */
export type LivePiece =
  | { readonly kind: 'step'; readonly step: LiveStep }
  | { readonly kind: 'idle' }
  | { readonly kind: 'text'; readonly text: string; readonly position: LivePosition };

type LiveText = Extract<LivePiece, { kind: 'text' }>;

const POLL_MS = 500;
/** Looks without news. */
const IDLE_LOOKS = 20;
const READ_BYTES = 1 << 16;

/**
 * Follows the log of a run in `folder` (see liveFolder), from where an earlier reader has come, or the beginning of the current step. Ends when the run
 * has ended, at once where none goes on, and when the signal fires.
 */
export async function* followLive(
  folder: string,
  from: LivePosition | null,
  signal: AbortSignal,
): AsyncGenerator<LivePiece> {
  let position = from;
  let told: number | null = null;
  let quiet = 0;
  while (!signal.aborted) {
    const step = await currentStep(folder);
    if (step === null) return;
    if (told !== step.began) {
      if (position?.began !== step.began) position = { began: step.began, offset: 0 };
      told = step.began;
      yield { kind: 'step', step };
    }
    const at: LivePosition = position ?? { began: step.began, offset: 0 };
    const piece = await readFrom(folder, step, at);
    quiet = piece === null ? quiet + 1 : 0;
    if (piece !== null) {
      position = piece.position;
      yield piece;
      continue;
    }
    if (quiet % IDLE_LOOKS === 0) yield { kind: 'idle' };
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

/** What runs now, and the last lines of its output; null where nothing does. */
export async function liveNow(
  folder: string,
  lines: number,
): Promise<{ readonly step: LiveStep; readonly lines: readonly string[] } | null> {
  const step = await currentStep(folder);
  if (step === null) return null;
  const last = (await piecesOf(folder, step)).slice(-2);
  let text = '';
  for (const number of last) {
    text += await readFile(join(folder, pieceFile(step.began, number)), 'utf8').catch(() => '');
    text = text.slice(-READ_BYTES);
  }
  return { step, lines: plain(text).trimEnd().split('\n').slice(-lines) };
}

/** Null where no run goes on: also while one is just beginning, and after one that was killed. */
async function currentStep(folder: string): Promise<LiveStep | null> {
  const path = join(folder, STEP_FILE);
  try {
    const { mtimeMs } = await stat(path);
    return Date.now() - mtimeMs > DEAD_MS ? null : (JSON.parse(await readFile(path, 'utf8')) as LiveStep);
  } catch {
    return null;
  }
}

async function piecesOf(folder: string, { began }: LiveStep): Promise<readonly number[]> {
  const names = await readdir(folder).catch(() => []);
  const own = names.flatMap((name) => (name.startsWith(`${began}.`) ? [Number(name.slice(`${began}.`.length))] : []));
  return own.toSorted((a, b) => a - b);
}

async function readFrom(folder: string, step: LiveStep, at: LivePosition): Promise<LiveText | null> {
  const wanted = Math.floor(at.offset / step.piece);
  const there = await piecesOf(folder, step);
  // What is not there any more was more than is kept.
  const number = there.find((one) => one >= wanted);
  if (number === undefined) return null;
  const start = Math.max(at.offset, number * step.piece);
  const bytes = await readPart(join(folder, pieceFile(step.began, number)), start - number * step.piece);
  if (bytes.length === 0) return null;
  const atEnd = start + bytes.length === (number + 1) * step.piece;
  // Only between two pieces a character may be torn: the next one has its rest.
  const whole = atEnd ? bytes : wholeCharacters(bytes);
  if (whole.length === 0) return null;
  const gap = start > at.offset ? `\n[... ${start - at.offset} bytes of output left out ...]\n` : '';
  const position = { began: at.began, offset: start + whole.length };
  return { kind: 'text', text: gap + plain(whole.toString('utf8')), position };
}

async function readPart(path: string, start: number): Promise<Buffer> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return Buffer.alloc(0);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Without the beginning of a character whose rest has not come yet. */
function wholeCharacters(bytes: Buffer): Buffer {
  let start = bytes.length - 1;
  while (start > Math.max(0, bytes.length - 4) && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start + length > bytes.length ? bytes.subarray(0, start) : bytes;
}

/** Output is hostile: what would steer a terminal, or turn the direction of text, is taken out. */
function plain(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/[^\P{C}\n\t]/gu, '');
}
