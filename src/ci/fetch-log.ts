import { BoundedLog } from './bounded-log.ts';

/**
 * A log from the web, its first and last part within `limit` bytes, however long it is.
 * @throws the error of fetch; an Error with the status where the server does not answer with the log
 */
export async function fetchLog(url: string, headers: Readonly<Record<string, string>>, limit: number): Promise<string> {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(60_000) });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`${response.status} ${response.statusText}`);
  }
  const log = new BoundedLog(limit);
  for await (const chunk of response.body) log.add(Buffer.from(chunk));
  return log.text();
}
