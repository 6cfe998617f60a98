/** An HTTP/1.1 server in front of servers: what it refuses, whatever it is for. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { badInput, messageOf } from '../../base/errors.js';
import { refuse } from './exchange.js';

/** @param serve may throw: the client then gets no answer, or a broken one */
export function frontServer(
  serve: (request: IncomingMessage, response: ServerResponse, signal: AbortSignal) => Promise<void>,
): Server {
  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    serve(request, response, gone.signal).catch((error) => refuse(response, 500, messageOf(error)));
  });
  server.on('upgrade', (request, socket) =>
    notImplemented(socket, `This proxy does not speak ${request.headers.upgrade}: HTTP/1.1 without upgrades only.`),
  );
  server.on('connect', (_, socket) => notImplemented(socket, 'This proxy makes no tunnels (CONNECT).'));
  return server;
}

function notImplemented(socket: Duplex, sentence: string): void {
  const head = ['HTTP/1.1 501 Not Implemented', 'Content-Type: text/plain; charset=utf-8', 'Connection: close'];
  const length = `Content-Length: ${Buffer.byteLength(sentence) + 1}`;
  // A client that has gone meanwhile needs no answer.
  socket.on('error', () => {});
  socket.end([...head, length, '', `${sentence}\n`].join('\r\n'));
}

/**
 * @param port 0 for any that is free
 * @returns the port
 * @throws HarnessError `bad-input` for one that cannot be had
 */
export async function listen(server: Server, what: string, address: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(badInput(`${what}: expected a free port on ${address}, got ${port}: ${error.message}`, error)),
    );
    server.listen(port, address, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Takes no new request, and ends connections that have none under way; @returns when the last one is answered. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
