/**
 * A proxy pool user (RFC 5351): an HTTP/1.1 reverse proxy whose servers are the elements of a pool. When one does not
 * answer it is reported and the request goes to another, if it may be sent twice.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { codeOf, messageOf } from '../../base/errors.js';
import { Scope } from '../../base/scope.js';
import { idempotentMethods } from '../../experiment/web-parts.js';
import { bodyOf, type RequestBody } from './body.js';
import { type Answer, Connections, isTimeout, isUnsent, type Patience, passOn, refuse, served } from './exchange.js';
import { closeServer, frontServer, listen } from './front.js';
import { endToEnd, valuesOf, via } from './headers.js';
import type { ResolvedElement, Resolver } from './resolver.js';
import type { StickySessions, WebSession } from './sticky.js';
import { Watch } from './watch.js';

export interface ProxyUserOptions {
  readonly pool: string;
  readonly resolver: Resolver;
  /** Sessions stay with an element. @defaultValue each request goes where the policy says */
  readonly sticky?: StickySessions;
  /** How many elements are tried for a request. @defaultValue 3 */
  readonly attempts?: number;
  /** Of a request's body so many bytes are kept, to be sent again. @defaultValue 65536 */
  readonly replayBytes?: number;
  readonly patience?: Patience;
  /** How elements with requests under way are watched, in seconds. @defaultValue not at all */
  readonly keepAlive?: { readonly interval: number; readonly timeout: number };
  /** Hears of each request when it is over. */
  readonly observe?: (served: Served) => void;
}

export interface Served {
  /** In order; the last one answered, unless none did. */
  readonly tried: readonly number[];
  /** As the client saw it. */
  readonly status: number;
  /** Whether the answer reached the client whole. */
  readonly isComplete: boolean;
}

/** Tells a client how many elements failed before one answered, and which did, by its address and port. */
export const retriesField = 'RSerPool-Retries';
export const elementField = 'RSerPool-Element';
/** The request's number, for whoever sees it more than once on the wire; a client may have given it one. */
export const requestField = 'RSerPool-Request';

export class ProxyUser {
  readonly #options: Required<Omit<ProxyUserOptions, 'sticky' | 'observe' | 'keepAlive'>> & ProxyUserOptions;
  readonly #watch: Watch | null = null;
  #requests = 0;
  readonly #connections: Connections;
  readonly #scope = new Scope();
  readonly #server = frontServer((request, response, signal) => this.#serve(request, response, signal));

  constructor(options: ProxyUserOptions) {
    this.#options = { attempts: 3, replayBytes: 65_536, patience: {}, ...options };
    this.#connections = new Connections(options.patience);
    this.#scope.defer('connections to elements', () => this.#connections.close());
    if (!options.keepAlive) return;
    const onSilence = ({ address, port }: ResolvedElement) => this.#connections.giveUp(address, port);
    this.#watch = new Watch({ ...options.keepAlive, onSilence });
    this.#scope.defer('session keep-alives', () => this.#watch!.close());
  }

  /** @returns the port; throws HarnessError `bad-input` for one that cannot be had */
  async listen(address: string, port: number): Promise<number> {
    const got = await listen(this.#server, 'proxy pool user', address, port);
    this.#scope.defer('proxy pool user', () => closeServer(this.#server));
    return got;
  }

  /** Answers what is under way, then ends. */
  close(): Promise<void> {
    return this.#scope.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const tried: ResolvedElement[] = [];
    let over = () => {};
    const begin = (element: ResolvedElement) => {
      over();
      over = this.#watch?.begin(element) ?? over;
      tried.push(element);
    };
    const session = this.#options.sticky?.read(request.rawHeaders) ?? null;
    try {
      const answer = await this.#ask(request, session, { tried, begin, signal });
      const shown = this.#shown(answer, session, tried.at(-1)!);
      const retries = tried.length > 1 ? [retriesField, String(tried.length - 1)] : [];
      const { address, port } = tried.at(-1)!;
      await passOn(shown, response, [...retries, elementField, `${address}:${port}`]);
    } catch (error) {
      this.#explain(error, response, tried, signal);
    }
    over();
    const isComplete = response.writableFinished;
    this.#options.observe?.({
      tried: tried.map(({ identifier }) => identifier),
      status: response.statusCode,
      isComplete,
    });
  }

  /** @throws what the last element that was tried failed with; NoElement when there was none */
  async #ask(request: IncomingMessage, session: WebSession | null, { tried, begin, signal }: Trying): Promise<Answer> {
    const { pool, resolver, attempts, replayBytes, sticky } = this.#options;
    const isIdempotent = idempotentMethods.has(request.method!);
    const body = bodyOf(request, replayBytes);
    const fields = session ? sticky!.inward(request.rawHeaders, session) : endToEnd(request.rawHeaders);
    // Our own server has told the client to go on.
    const number = valuesOf(fields, requestField.toLowerCase()).length > 0 ? [] : [requestField, `${++this.#requests}`];
    const headers = [...endToEnd(fields, ['expect']), ...via, ...number];
    for (let last: unknown = new NoElement(); ; ) {
      const element = choose(await resolver.resolve(pool), tried, session);
      if (!element) throw last;
      begin(element);
      const question = { method: request.method!, path: request.url!, headers, body: body.next(), signal };
      try {
        return served(await this.#connections.ask(element.address, element.port, question));
      } catch (error) {
        if (signal.aborted) throw error;
        resolver.report(pool, element);
        if (tried.length === attempts || !mayRepeat(error, isIdempotent, body)) throw error;
        last = error;
      }
    }
  }

  #shown(answer: Answer, session: WebSession | null, { identifier }: ResolvedElement): Answer {
    if (!session) return answer;
    try {
      return { ...answer, headers: this.#options.sticky!.outward(answer.headers, session, identifier) };
    } catch (error) {
      answer.body.destroy();
      throw error;
    }
  }

  /** The client's own end needs no explanation, nor has it anything to do with the element. */
  #explain(error: unknown, response: ServerResponse, tried: readonly ResolvedElement[], signal: AbortSignal): void {
    const { pool, resolver } = this.#options;
    if (signal.aborted) return;
    if (codeOf(error) === 'bad-input') return void refuse(response, 502, messageOf(error));
    const names = tried.map(({ address, port }) => `${address}:${port}`).join(', then ');
    if (error instanceof NoElement) refuse(response, 503, `The pool '${pool}' has no element.`);
    else if (response.headersSent) {
      // Nobody could tell a cut answer from a whole one if the connection went on.
      resolver.report(pool, tried.at(-1)!);
      response.destroy();
    } else {
      const { message } = error as Error;
      refuse(response, isTimeout(error) ? 504 : 502, `The pool '${pool}' gave no answer; tried ${names}: ${message}`);
    }
  }
}

/** What becomes of one request. */
interface Trying {
  readonly tried: readonly ResolvedElement[];
  readonly begin: (element: ResolvedElement) => void;
  readonly signal: AbortSignal;
}

class NoElement extends Error {}

/** The element that serves the session, otherwise the first one, each once. */
function choose(
  elements: readonly ResolvedElement[],
  tried: readonly ResolvedElement[],
  session: WebSession | null,
): ResolvedElement | undefined {
  const left = elements.filter(({ identifier }) => !tried.some((each) => each.identifier === identifier));
  return left.find(({ identifier }) => identifier === session?.element) ?? left[0];
}

const mayRepeat = (error: unknown, isIdempotent: boolean, body: RequestBody): boolean =>
  body.isWhole && (isIdempotent || isUnsent(error));
