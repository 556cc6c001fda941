import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface ByteCounter {
  url: string;
  /** What clients have sent through it, headers and bodies, bytes. */
  sent: number;
  close(): Promise<void>;
}

/** Another address of an HTTP server, which counts what it is sent. */
export async function startByteCounter(target: string): Promise<ByteCounter> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const onward = connect(Number(port), hostname);
    client.on('data', (chunk) => {
      counter.sent += chunk.length;
    });
    for (const [socket, other] of [[client, onward] as const, [onward, client] as const]) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.once('close', () => sockets.delete(socket));
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const counter: ByteCounter = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return counter;
}
