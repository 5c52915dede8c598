import type { Socket } from 'node:net';
import { startProxy, type TcpProxy } from '../helpers/tcp-proxy.ts';

/** Where a conversation with an SMTP server has come to; `text` is half of the mail, `dot` its end, `answer` the server's yes to it. */
export type SmtpPoint =
  | 'connect'
  | 'EHLO'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'go on'
  | 'text'
  | 'dot'
  | 'answer'
  | 'answered'
  | 'QUIT';

/** What is done to a conversation at a point: nothing by default. */
export type Fault = (point: SmtpPoint, client: Socket, server: Socket) => void;

/** A man in the middle between the bot and a real server: passes everything on and tells where they are, before it passes it on. */
export interface SmtpProxy extends TcpProxy {
  onPoint: Fault;
}

export async function startSmtpProxy(to: number): Promise<SmtpProxy> {
  const faults = { onPoint: ((): void => {}) as Fault };
  const proxy = await startProxy(to, (client, server) =>
    relay(client, server, (point) => faults.onPoint(point, client, server)),
  );
  return Object.assign(faults, proxy);
}

function relay(client: Socket, server: Socket, at: (point: SmtpPoint) => void): void {
  let inText = false;
  let tail = '';
  at('connect');
  client.on('data', (chunk: Buffer) => {
    if (!inText) {
      // Commands may come several at a time (PIPELINING).
      for (const [word] of chunk.toString('latin1').matchAll(/^(?:EHLO|MAIL|RCPT|DATA|QUIT)/gim))
        at(word.toUpperCase() as SmtpPoint);
      server.write(chunk);
      return;
    }
    const half = Math.floor(chunk.length / 2);
    server.write(chunk.subarray(0, half));
    at('text');
    server.write(chunk.subarray(half), () => {
      tail = (tail + chunk.toString('latin1')).slice(-5);
      if (tail.endsWith('\r\n.\r\n')) at('dot');
    });
  });
  server.on('data', (chunk: Buffer) => {
    const said = chunk.toString('latin1');
    const dotted = inText && tail.endsWith('\r\n.\r\n');
    if (!inText && /^354/m.test(said)) {
      at('go on');
      inText = true;
      tail = '';
    } else if (dotted) {
      inText = false;
      at('answer');
    }
    client.write(chunk, () => {
      if (dotted) at('answered');
    });
  });
}
