/**
 * Session keep-alives of a proxy pool user: an element that has requests under way is asked whether it still lives. Its
 * answers alone do not tell, for a server may take its time.
 */
import type { IncomingMessage } from 'node:http';
import { Pool } from 'undici';
import type { ResolvedElement } from './resolver.js';

export const keepAliveField = 'RSerPool-Keep-Alive';

/** Of a proxy pool element, which answers it itself: about its server the registrar knows. */
export const isKeepAlive = ({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean =>
  method === 'OPTIONS' && headers[keepAliveField.toLowerCase()] !== undefined;

/** Seconds. */
export interface WatchOptions {
  /** How often an element is asked. */
  readonly interval: number;
  /** How long it may take to answer. */
  readonly timeout: number;
  /** It did not. */
  readonly onSilence: (element: ResolvedElement) => void;
}

interface Watched {
  readonly element: ResolvedElement;
  readonly pool: Pool;
  underWay: number;
  timer: NodeJS.Timeout | undefined;
}

export class Watch {
  readonly #watched = new Map<string, Watched>();

  constructor(private readonly options: WatchOptions) {}

  /** A request to the element begins. @returns what to call when it is over */
  begin(element: ResolvedElement): () => void {
    const watched = this.#of(element);
    if (watched.underWay++ === 0) this.#askLater(watched);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      if (--watched.underWay === 0) clearTimeout(watched.timer);
    };
  }

  async close(): Promise<void> {
    const all = [...this.#watched.values()];
    this.#watched.clear();
    for (const { timer } of all) clearTimeout(timer);
    await Promise.all(all.map(({ pool }) => pool.destroy()));
  }

  #of(element: ResolvedElement): Watched {
    const { address, port } = element;
    const origin = `http://${address}:${port}`;
    const known = this.#watched.get(origin);
    if (known) return known;
    const { timeout } = this.options;
    const pool = new Pool(origin, {
      ...{ connections: 1, connect: { timeout: 1e3 * timeout }, headersTimeout: 1e3 * timeout },
    });
    const fresh: Watched = { element, pool, underWay: 0, timer: undefined };
    this.#watched.set(origin, fresh);
    return fresh;
  }

  #askLater(watched: Watched): void {
    clearTimeout(watched.timer);
    watched.timer = setTimeout(() => this.#ask(watched), 1e3 * this.options.interval);
  }

  #ask(watched: Watched): void {
    const signal = AbortSignal.timeout(1e3 * this.options.timeout);
    watched.pool
      .request({ method: 'OPTIONS', path: '/', headers: { [keepAliveField]: '1' }, signal })
      .then(({ body }) => body.dump())
      .then(
        () => watched.underWay > 0 && this.#askLater(watched),
        () => watched.underWay > 0 && this.#silent(watched),
      );
  }

  #silent({ element, pool }: Watched): void {
    // Should it come back, it is watched by a connection of its own.
    this.#watched.delete(`http://${element.address}:${element.port}`);
    pool.destroy().catch(() => {});
    this.options.onSilence(element);
  }
}
