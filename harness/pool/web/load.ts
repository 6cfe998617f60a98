/**
 * An open load: requests are made when they are due, whatever the answers take, and latency counts from when they were
 * due. So a service that stalls is seen as its clients would see it (no coordinated omission).
 */
import { Pool } from 'undici';
import type { Clock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import type { WebLoad } from '../../experiment/web-parts.js';
import type { WebRequestRow } from '../../result/web.js';
import { elementField, requestField, retriesField } from '../proxy/user.js';

export interface LoadOptions {
  /** Of an HTTP server, e.g. `http://127.0.0.1:8081`. */
  readonly target: string;
  readonly load: WebLoad;
  /** When requests are due, in seconds after the beginning; in order. */
  readonly arrivals: Iterator<number>;
  readonly clock: Clock;
  /** Told of each request when it is over; its times are epoch seconds. */
  readonly onRow: (row: Omit<WebRequestRow, 'user'>) => void;
}

/** Bounds what a service that never answers may cost. */
const mostUnderWay = 10_000;
/** Longest that Node.js sleeps at a time. */
const longestSleep = 3600;

type Asked = Pick<WebRequestRow, 'id' | 'method' | 'path' | 'intendedAt' | 'sentAt'>;
const nothing = { answeredAt: null, status: null, retries: null, element: null };

export class OpenLoad {
  readonly #pool: Pool;
  readonly #begin: number;
  readonly #over = new AbortController();
  #due: number;
  #timer: NodeJS.Timeout | undefined;
  #count = 0;
  readonly #underWay = new Set<Asked>();

  constructor(private readonly options: LoadOptions) {
    // A connection for each request that is under way: none has to wait for another.
    this.#pool = new Pool(options.target, { connections: null, pipelining: 1 });
    this.#begin = options.clock.now();
    this.#due = options.arrivals.next().value;
    this.#schedule();
  }

  /** Makes no more requests and gives up those under way, which have not ended then. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#over.abort();
    for (const asked of this.#underWay) this.options.onRow({ ...asked, ...nothing, endedAt: null, error: null });
    await this.#pool.destroy();
  }

  #schedule(): void {
    const left = this.#begin + this.#due - this.options.clock.now();
    this.#timer = setTimeout(() => this.#makeAllDue(), 1e3 * Math.min(longestSleep, Math.max(0, left)));
  }

  #makeAllDue(): void {
    while (this.#begin + this.#due <= this.options.clock.now()) {
      void this.#make(++this.#count, this.#begin + this.#due);
      this.#due = this.options.arrivals.next().value;
    }
    this.#schedule();
  }

  async #make(id: number, intendedAt: number): Promise<void> {
    const { clock, load, onRow } = this.options;
    const { method, path, patience } = load;
    const asked: Asked = { id, method, path, intendedAt, sentAt: clock.now() };
    if (this.#underWay.size >= mostUnderWay) {
      const error = `${mostUnderWay} requests were under way already`;
      onRow({ ...asked, ...nothing, endedAt: clock.now(), error });
      return;
    }
    this.#underWay.add(asked);
    const late = AbortSignal.timeout(1e3 * patience);
    const signal = AbortSignal.any([late, this.#over.signal]);
    try {
      const answer = await this.#answer(id, signal);
      onRow({ ...asked, ...answer, endedAt: clock.now() });
    } catch (error) {
      if (this.#over.signal.aborted) return;
      const reason = late.aborted ? `no whole answer within ${patience} s` : messageOf(error);
      onRow({ ...asked, ...nothing, endedAt: clock.now(), error: reason });
    } finally {
      this.#underWay.delete(asked);
    }
  }

  async #answer(id: number, signal: AbortSignal) {
    const { clock, load } = this.options;
    const { method, path, body } = load;
    const headers = { ...load.headers, [requestField]: String(id) };
    const answer = await this.#pool.request({ method: method as 'GET', path, headers, body, signal });
    const answeredAt = clock.now();
    const { statusCode: status } = answer;
    const field = (name: string) => answer.headers[name.toLowerCase()]?.toString();
    const failed = status >= 500;
    // What a proxy says of a failure is one sentence.
    const text = failed ? (await answer.body.text()).slice(0, 200).trim() : await drained(answer.body);
    return {
      ...{ answeredAt, status, error: failed ? text || `status ${status}` : null },
      retries: Number(field(retriesField) ?? 0),
      element: field(elementField) ?? null,
    };
  }
}

async function drained(body: AsyncIterable<unknown>): Promise<null> {
  for await (const _ of body);
  return null;
}
