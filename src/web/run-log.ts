import type { Context } from 'hono';
import { stream, streamSSE } from 'hono/streaming';
import type { LivePosition } from '../ci/live-reader.ts';
import type { SeriesKey } from '../store/series.ts';
import type { RunFiles } from './options.ts';
import { stepWords } from './run-page.ts';

const PLAIN = {
  'Content-Type': 'text/plain; charset=utf-8',
  'Cache-Control': 'no-store',
  // Proxies that gather an answer would hold the log back.
  'X-Accel-Buffering': 'no',
};

/**
 * The log of a run while it goes on: as events (`step`, `text`, at last `end`; each text has an id from which a client that lost the connection
 * goes on) where the client asks for text/event-stream, else as plain text that grows.
 */
export function followAnswer(c: Context, of: SeriesKey, files: RunFiles): Response {
  const events = (c.req.header('accept') ?? '').includes('text/event-stream');
  return events ? eventAnswer(c, of, files) : textAnswer(c, of, files);
}

function eventAnswer(c: Context, of: SeriesKey, files: RunFiles): Response {
  const from = positionFrom(c.req.header('last-event-id') ?? '');
  c.header('X-Accel-Buffering', 'no');
  return streamSSE(c, async (out) => {
    const gone = new AbortController();
    out.onAbort(() => gone.abort());
    for await (const piece of files.follow(of, from, gone.signal)) {
      if (piece.kind === 'idle') await out.write(': nothing new\n\n');
      else if (piece.kind === 'step') await out.writeSSE({ event: 'step', data: JSON.stringify(piece.step) });
      else await out.writeSSE({ event: 'text', data: piece.text, id: idOf(piece.position) });
    }
    if (!gone.signal.aborted) await out.writeSSE({ event: 'end', data: '' });
  });
}

function textAnswer(c: Context, of: SeriesKey, files: RunFiles): Response {
  for (const [name, value] of Object.entries(PLAIN)) c.header(name, value);
  return stream(c, async (out) => {
    const gone = new AbortController();
    out.onAbort(() => gone.abort());
    for await (const piece of files.follow(of, null, gone.signal)) {
      if (piece.kind === 'step') await out.write(`== ${stepWords(piece.step)}\n`);
      else if (piece.kind === 'text') await out.write(piece.text);
    }
    if (!gone.signal.aborted) await out.write('== nothing runs any more\n');
  });
}

const idOf = ({ began, offset }: LivePosition) => `${began}:${offset}`;

function positionFrom(id: string): LivePosition | null {
  const [, began, offset] = /^(\d{1,15}):(\d{1,15})$/.exec(id) ?? [];
  return began === undefined || offset === undefined ? null : { began: Number(began), offset: Number(offset) };
}
