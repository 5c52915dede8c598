/** A thread that reads mails for `ReadThread`: bytes in, what is kept of them out. */
import { parentPort } from 'node:worker_threads';
import { headCopy, plainReader } from '../handlers/read-mail.ts';
import type { ReadRequest } from './read-thread.ts';
import type { ParsedCopy } from './store/messages.ts';

parentPort?.on('message', (request: ReadRequest) => void answer(request));

async function answer(request: ReadRequest): Promise<void> {
  parentPort?.postMessage(await copiesOf(request));
}

async function copiesOf({ raws, limit, headOnly }: ReadRequest): Promise<readonly ParsedCopy[]> {
  if (headOnly === null) return plainReader.read(raws, limit);
  return Promise.all(raws.map((raw) => headCopy(raw, headOnly)));
}
