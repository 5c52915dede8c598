import type { IncomingMessage, ServerResponse } from 'node:http';

/** Takes one request of a path of its own, outside of the pages. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The body of a request; null where it is larger than `limit` bytes, of which no more than that is ever held. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Answers with one line and, where the body was not read, ends the connection: what still comes is not taken in. */
export function answer(response: ServerResponse, status: number, text: string, readAll = true): void {
  const more: Record<string, string> = readAll ? {} : { Connection: 'close' };
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...more });
  response.end(`${text}\n`, () => {
    if (!readAll) response.req.destroy();
  });
}
