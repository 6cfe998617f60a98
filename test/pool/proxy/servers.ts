/** Web servers to stand in front of, on loopback, and pools of them. */
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach } from 'vitest';
import type { ResolvedElement } from '../../../harness/pool/proxy/resolver.js';
import { ProxyUser, type ProxyUserOptions, type Served } from '../../../harness/pool/proxy/user.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
export const later = (close: () => unknown): void => void closers.push(close);

export async function webServer(listener: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  later(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

/** Where nobody listens. */
export async function deadPort(): Promise<number> {
  const { server, port } = await webServer(() => {});
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface Proxied {
  readonly port: number;
  readonly reported: number[];
  readonly served: Served[];
  readonly proxy: ProxyUser;
}

/** Ports in the order in which they are tried; the first has identifier 1. */
export async function proxyTo(ports: readonly number[], options: Partial<ProxyUserOptions> = {}): Promise<Proxied> {
  const elements = ports.map((port, at): ResolvedElement => ({ identifier: at + 1, address: '127.0.0.1', port }));
  const reported: number[] = [];
  const served: Served[] = [];
  const resolver = {
    resolve: async () => elements,
    report: (_: string, { identifier }: ResolvedElement) => void reported.push(identifier),
  };
  const proxy = new ProxyUser({ pool: 'Web', resolver, observe: (each) => served.push(each), ...options });
  const port = await proxy.listen('127.0.0.1', 0);
  later(() => proxy.close());
  return { port, reported, served, proxy };
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A client without keep-alive, so that closing a proxy waits for nobody. */
export async function ask(
  port: number,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Got> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, headers, agent: false, path: '/p?q=1' }, resolve);
    request.on('error', reject);
    request.end(body);
  });
  return { status: answer.statusCode!, headers: answer.headers, body: await text(answer) };
}
