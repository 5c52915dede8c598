import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { TestContext } from 'node:test';

/** One answer of a fake server. */
export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server on loopback that answers as it is told, with faults thrown in between where a test wants them. */
export interface FakeServer {
  readonly url: string;
  readonly asked: Asked[];
  /** The next requests get these answers in place of the true ones. */
  readonly faults: Answer[];
}

export async function fakeServer(t: TestContext, answerTo: (asked: Asked) => Answer): Promise<FakeServer> {
  const asked: Asked[] = [];
  const faults: Answer[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake');
      const one = { method: request.method ?? '', path: pathname, query: searchParams, headers: request.headers, body };
      asked.push(one);
      const { status = 200, body: text = {}, headers = {} } = faults.shift() ?? answerTo(one);
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
      response.end(typeof text === 'string' ? text : JSON.stringify(text));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, asked, faults };
}
