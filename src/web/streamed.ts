import { Readable } from 'node:stream';

/** A file that is made while it is sent. @param name of letters, digits, `-`, `_` and `.` alone: it stands in a header */
export function streamedFile(
  name: string,
  type: string,
  parts: AsyncIterable<Uint8Array> | readonly Uint8Array[],
): Response {
  return new Response(Readable.toWeb(Readable.from(parts)) as ReadableStream<Uint8Array>, {
    headers: { 'Content-Type': type, 'Content-Disposition': `attachment; filename=${name}` },
  });
}
