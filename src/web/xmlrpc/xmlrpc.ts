import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { WebOptions } from '../options.ts';
import { ApiError, askedBy } from '../patchwork/asked.ts';
import { answerText, faultText, readCall } from './codec.ts';
import { Fault, METHODS } from './methods.ts';

const BODY_LIMIT = 64 * 1024;

/** Fault codes of https://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php. */
const [UNREADABLE, UNKNOWN_METHOD, INTERNAL, REFUSED] = [-32_700, -32_601, -32_603, 1];

/** `POST /xmlrpc/`: what pwclient speaks where it is not told otherwise. Faults come with status 200, as XML-RPC wants it. */
export function addXmlRpc(app: Hono, options: WebOptions): void {
  const answer = (c: Context, text: string) =>
    c.body(text, 200, { 'Content-Type': 'text/xml; charset=utf-8', 'Cache-Control': 'no-store' });
  const tooLarge = (c: Context) => c.text('At most 64 KiB.\n', 413, { Connection: 'close' });
  for (const path of ['/xmlrpc/', '/xmlrpc'])
    app.post(path, bodyLimit({ maxSize: BODY_LIMIT, onError: tooLarge }), async (c) => {
      const call = readCall(await c.req.text());
      if (call === null) return answer(c, faultText(UNREADABLE, 'This is no call of XML-RPC.'));
      const method = Object.hasOwn(METHODS, call.method) ? METHODS[call.method] : undefined;
      if (method === undefined) return answer(c, faultText(UNKNOWN_METHOD, `There is no method ${call.method}.`));
      try {
        return answer(c, answerText(await method(await askedBy(c, options, '/api', 3), ...call.params)));
      } catch (error) {
        if (error instanceof Fault || error instanceof ApiError) return answer(c, faultText(REFUSED, error.message));
        options.log.error({ err: error, method: call.method }, 'a call failed');
        return answer(c, faultText(INTERNAL, 'The fault is on this side. The log of the bot says more.'));
      }
    });
}
