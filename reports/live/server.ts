/**
 * Shows a run while it goes on: a page on the loopback interface that is fed by server-sent events, and that turns into
 * the run's report when there is one. Only who knows the token in the address is let in.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { realClock } from '../../harness/base/clock.js';
import { newToken } from '../../harness/base/session.js';
import type { Plan } from '../../harness/experiment/plan.js';
import type { JournalEvent } from '../../harness/result/journal.js';
import { livePage } from './page.js';

/** What the page is told. */
export type LiveMessage =
  | { kind: 'event'; event: JournalEvent }
  | { kind: 'speed'; completed: number; percentOfCapacity: number | null }
  | { kind: 'finished' };

export interface LiveServer {
  /** With the token; for the person who started the run. */
  readonly url: string;
  tell(message: LiveMessage): void;
  /**
   * Lets every open page turn into the report, then closes. A page that is open keeps the report: it needs nothing more.
   * @param report the page's text, in one piece
   */
  finish(report: string): Promise<void>;
  close(): Promise<void>;
}

/** Longest wait for pages to fetch the report. */
const farewellMs = 5000;

export async function serveLive(plan: Plan): Promise<LiveServer> {
  const token = newToken();
  const told: TimedMessage[] = [];
  const listeners = new Set<ServerResponse>();
  let report: string | undefined;
  let onFetched = () => {};
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://loopback');
    if (!isAllowed(request, url, token)) return end(response, 403, 'This page needs the address that rsplab printed.');
    if (url.pathname === '/') return page(response, report ?? livePage(plan));
    if (url.pathname === '/events') return listen(response);
    return end(response, 404, 'There is nothing here.');
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  function listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.flushHeaders();
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
    for (const message of told) send(response, message);
  }

  function page(response: ServerResponse, text: string): void {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(text, () => report && onFetched());
  }

  const tell = (message: LiveMessage) => {
    const timed = { ...message, at: realClock.now() };
    told.push(timed);
    for (const listener of listeners) send(listener, timed);
  };
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${port}/?token=${token}`,
    tell,
    close,
    async finish(text) {
      report = text;
      let waitingFor = listeners.size;
      const fetched = new Promise<void>((resolve) => {
        onFetched = () => --waitingFor <= 0 && resolve();
        setTimeout(resolve, waitingFor === 0 ? 0 : farewellMs);
      });
      tell({ kind: 'finished' });
      await fetched;
      await close();
    },
  };
}

/** When it was told, seconds since the epoch: who comes later must know how long ago that was. */
type TimedMessage = LiveMessage & { at: number };

const send = (response: ServerResponse, message: TimedMessage) =>
  response.write(`data: ${JSON.stringify(message)}\n\n`);

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

/** The Host header is looked at, too: a web page from elsewhere may have its own name lead to the loopback address. */
function isAllowed({ headers, socket, method }: IncomingMessage, url: URL, token: string): boolean {
  const given = Buffer.from(url.searchParams.get('token') ?? '');
  const expected = Buffer.from(token);
  const atHome = headers.host === `127.0.0.1:${socket.localPort}` || headers.host === `localhost:${socket.localPort}`;
  return method === 'GET' && atHome && given.length === expected.length && timingSafeEqual(given, expected);
}
