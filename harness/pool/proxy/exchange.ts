/** One request, one server, one answer, both streamed: what both proxies do. */
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Pool } from 'undici';
import { endToEnd, type Fields, valuesOf, via } from './headers.js';

/** Seconds. */
export interface Patience {
  /** Until a connection is up. @defaultValue 1 */
  readonly connect?: number;
  /** Until an answer begins, and between its pieces. @defaultValue 30 */
  readonly answer?: number;
}

export interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers: Fields;
  readonly body: Buffer | AsyncIterable<Buffer> | null;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: Fields;
  readonly body: Readable;
}

/** A server that is known to be silent: what it was asked will not be answered. */
export class Silent extends Error {}

/** Connections to servers, kept for the next request. */
export class Connections {
  readonly #pools = new Map<string, Pool>();
  readonly #patience: Required<Patience>;

  constructor(patience: Patience = {}) {
    this.#patience = { connect: 1, answer: 30, ...patience };
  }

  /** @throws what undici throws when there is no answer */
  async ask(address: string, port: number, { method, path, headers, body, signal }: Question): Promise<Answer> {
    const answer = await this.#poolOf(address, port).request({
      ...{ method: method as 'GET', path, signal, headers: [...headers], responseHeaders: 'raw' },
      // It takes async iterables, too; its types do not say so.
      body: body as Buffer | null,
    });
    return { status: answer.statusCode, headers: answer.headers as unknown as Fields, body: answer.body };
  }

  /** Ends all connections to one server; requests under way fail as those to a silent one. */
  giveUp(address: string, port: number): void {
    const origin = originOf(address, port);
    const pool = this.#pools.get(origin);
    this.#pools.delete(origin);
    // Requests under way hear of it; there is nobody else who would want to.
    pool?.destroy(new Silent('it is silent')).catch(() => {});
  }

  /** Ends all connections; requests under way fail. */
  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  #poolOf(address: string, port: number): Pool {
    const origin = originOf(address, port);
    const { connect, answer } = this.#patience;
    const pool =
      this.#pools.get(origin) ??
      new Pool(origin, {
        connect: { timeout: 1e3 * connect },
        headersTimeout: 1e3 * answer,
        bodyTimeout: 1e3 * answer,
      });
    this.#pools.set(origin, pool);
    return pool;
  }
}

const originOf = (address: string, port: number): string =>
  `http://${address.includes(':') ? `[${address}]` : address}:${port}`;

/** @throws when the body breaks off, on either side */
export async function passOn({ status, headers, body }: Answer, response: ServerResponse, more: Fields): Promise<void> {
  response.writeHead(status, [...endToEnd(headers), ...via, ...more]);
  response.flushHeaders();
  await pipeline(body, response);
}

/** One sentence, as text; nothing when an answer has begun already. */
export function refuse(response: ServerResponse, status: number, sentence: string, more: Fields = []): void {
  const headers = ['Content-Type', 'text/plain; charset=utf-8', ...via, ...more];
  if (response.headersSent) response.destroy();
  else response.writeHead(status, headers).end(`${sentence}\n`);
}

/**
 * A proxy pool element tells a proxy pool user that its server gave no answer: the request was `unsent`, or is `lost`,
 * so that nobody knows what became of it.
 */
export const unservedField = 'RSerPool-Unserved';

class Unserved extends Error {
  constructor(readonly fate: string) {
    super(`its server gave no answer, the request is ${fate}`);
  }
}

/** @throws for an answer that says that there is none */
export function served(answer: Answer): Answer {
  const [fate] = valuesOf(answer.headers, unservedField.toLowerCase());
  if (fate === undefined) return answer;
  answer.body.resume();
  throw new Unserved(fate);
}

const unsent = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);

/** Whether the server cannot have got anything of the request, so that repeating it is safe whatever it does. */
export const isUnsent = (error: unknown): boolean =>
  error instanceof Unserved ? error.fate === 'unsent' : unsent.has(codeOf(error));
export const isTimeout = (error: unknown): boolean => /TIMEOUT|ETIMEDOUT/.test(codeOf(error));

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String((error as NodeJS.ErrnoException).code) : '';
