/** A thread that reads mails for `readPool`: bytes in, what is kept of them out. */
import { parentPort } from 'node:worker_threads';
import { plainReader } from '../handlers/read-mail.ts';
import type { ReadRequest } from './read-pool.ts';

parentPort?.on('message', (request: ReadRequest) => void answer(request));

async function answer({ id, raws, limit }: ReadRequest): Promise<void> {
  const copies = await plainReader.read(raws, limit);
  parentPort?.postMessage({ id, copies });
}
