/** Small servers on loopback that answer with the bytes they are told to, for own tests. Nothing else uses them. */
import { createServer, type Socket } from 'node:net';

export interface WireServer extends AsyncDisposable {
  readonly url: URL;
  /** The requests as they came over the wire, each with its head alone. */
  readonly heads: readonly string[];
}

/** @param answer is given the head of each request, and the socket to answer on */
export async function wireServer(
  answer: (socket: Socket, head: string, turn: number) => void,
): Promise<WireServer> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // a client that gives up is part of some tests
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      if (!/^[A-Z]+ \S+ HTTP\/1.1\r\n/.test(text)) return; // what follows a head
      heads.push(text.slice(0, text.indexOf('\r\n\r\n')));
      answer(socket, text, heads.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    heads,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** An answer in full; the connection is kept. */
export const answerText = (status: number, body = '', headers: readonly string[] = []): string =>
  [
    `HTTP/1.1 ${status} Whatever`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Content-Type: application/json',
    ...headers,
    '',
    body,
  ].join('\r\n');
