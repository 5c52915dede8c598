import { createHmac } from 'node:crypto';

/** One post to a program that wants to know what happens. */
export interface Delivery {
  /** The same for each try, so that who gets it twice can tell. */
  readonly id: number;
  readonly event: string;
  readonly body: object;
}

const TIMEOUT_MS = 10_000;

/**
 * Posts one event as JSON. `X-Patchloom-Signature-256` is `sha256=` and the HMAC of the body, as GitHub signs.
 * @returns null where the answer is 2xx, else why it has to be tried again. No redirect is followed: the secret's owner was named, nobody else
 */
export async function postEvent(url: string, secret: string, { id, event, body }: Delivery): Promise<string | null> {
  const text = JSON.stringify(body);
  const headers = {
    'Content-Type': 'application/json',
    'User-Agent': 'patchloom',
    'X-Patchloom-Event': event,
    'X-Patchloom-Delivery': String(id),
    'X-Patchloom-Signature-256': `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`,
  };
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(url, { method: 'POST', headers, body: text, redirect: 'manual', signal });
    await answer.body?.cancel();
    return answer.ok ? null : `answered ${answer.status}`;
  } catch (error) {
    const cause = (error as Error).cause;
    return cause instanceof Error ? cause.message : (error as Error).message;
  }
}
