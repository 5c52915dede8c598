import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

/** A man in the middle between the bot and a real server on loopback. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
}

/** @param relay passes on what comes: it adds the `data` listeners of both sides */
export async function startProxy(to: number, relay: (client: Socket, server: Socket) => void): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const server = createConnection(to, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    relay(client, server);
    client.on('end', () => server.end());
    server.on('end', () => client.end());
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** A proxy that passes on every byte until it is told to cut. */
export interface Cutter extends TcpProxy {
  /** Cuts the connection that carries the n-th byte from now, after that byte, in either direction; n = 0: all that are open, at once. */
  cutAfter(bytes: number): void;
}

export async function startCutter(to: number): Promise<Cutter> {
  const open = new Set<Socket>();
  let left: number | null = null;
  const pass = (from: Socket, into: Socket) => (chunk: Buffer) => {
    if (left === null || chunk.length < left) {
      if (left !== null) left -= chunk.length;
      into.write(chunk);
      return;
    }
    const rest = left;
    left = null;
    into.end(chunk.subarray(0, rest), () => into.destroy());
    from.destroy();
  };
  const proxy = await startProxy(to, (client, server) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('data', pass(client, server));
    server.on('data', pass(server, client));
  });
  return {
    ...proxy,
    cutAfter: (bytes) => {
      left = bytes === 0 ? null : bytes;
      if (bytes === 0) for (const socket of open) socket.destroy();
    },
  };
}
