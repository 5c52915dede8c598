import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { PatchloomError } from '../util/errors.ts';
import type { HttpHandler } from '../util/http-body.ts';

/** Where to listen. */
export interface ListenAt {
  readonly host: string;
  readonly port: number;
}

/** A server that answers. */
export interface Listening {
  /** `http://127.0.0.1:8080`, with the port that was really taken. */
  readonly url: string;
  /** Takes no new requests, lets those that run end for a moment, then cuts them off. */
  close(): Promise<void>;
}

const CLOSE_WAIT_MS = 3_000;

/**
 * Serves the app over HTTP; port 0 takes a free one. `others` are paths that do not belong to the app: webhooks, which want the raw request.
 * @throws PatchloomError WEB_UNUSABLE where host and port cannot be listened on
 */
export async function listen(
  app: Hono,
  at: ListenAt,
  others: ReadonlyMap<string, HttpHandler> = new Map(),
): Promise<Listening> {
  const serverOptions = { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 30_000 };
  const pages = getRequestListener(app.fetch, { hostname: at.host });
  const server = createServer(serverOptions, (request, response) => {
    const other = others.get(request.url?.split('?')[0] ?? '');
    void (other === undefined ? pages(request, response) : other(request, response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const words = `http://${at.host}:${at.port}: cannot be listened on: ${error.message}`;
      reject(new PatchloomError('WEB_UNUSABLE', words, { cause: error }));
    });
    server.listen(at.port, at.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : at.port;
  const host = at.host.includes(':') ? `[${at.host}]` : at.host;
  return { url: `http://${host}:${port}`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_WAIT_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
