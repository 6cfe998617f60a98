/**
 * A proxy pool element (RFC 5351): an HTTP server that knows nothing of RSerPool, as an element of a pool. It stands in
 * front of the server, so that it knows how many requests are under way, and says whether it is to be registered.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../../base/errors.js';
import { Scope } from '../../base/scope.js';
import { bodyOf } from './body.js';
import { Connections, isTimeout, isUnsent, type Patience, passOn, refuse, unservedField } from './exchange.js';
import { closeServer, frontServer, listen } from './front.js';
import { endToEnd, via } from './headers.js';
import { type HealthOptions, httpUrl, watchHealth } from './health.js';
import { isKeepAlive } from './watch.js';

export interface ProxyElementOptions {
  /** Where the server is, e.g. `http://127.0.0.1:8080`. */
  readonly server: string;
  /** How to ask for its health; `url` is a path there. */
  readonly health: Omit<HealthOptions, 'onChange'>;
  /** Of the process that is the server, if it was started for this: when it ends, so does its health. */
  readonly ended?: Promise<unknown>;
  /** So many requests under way are a load of 1. @defaultValue 100 */
  readonly capacity?: number;
  readonly patience?: Patience;
  /** Register, register with another load, deregister. */
  readonly onChange: (fitness: Fitness) => void;
}

export interface Fitness {
  readonly healthy: boolean;
  /** From 0 to 1: what the server says, otherwise requests under way by capacity. */
  readonly load: number;
  /** Why it is not healthy. */
  readonly reason: string | null;
}

export class ProxyElement {
  readonly #options: ProxyElementOptions;
  readonly #target: URL;
  readonly #connections: Connections;
  readonly #scope = new Scope();
  readonly #server = frontServer((request, response, signal) => this.#serve(request, response, signal));
  #underWay = 0;
  #isLeaving = false;
  #told: number | null = null;
  #fitness: Omit<Fitness, 'load'> = { healthy: false, reason: 'it has not answered yet' };

  /** @throws HarnessError `bad-input` for what is no address of an HTTP server */
  constructor(options: ProxyElementOptions) {
    this.#options = options;
    this.#target = httpUrl('proxy pool element: server', options.server);
    this.#connections = new Connections(options.patience);
    this.#scope.defer('connections to the server', () => this.#connections.close());
  }

  get underWay(): number {
    return this.#underWay;
  }

  get fitness(): Fitness {
    return { ...this.#fitness, load: this.#fitness.healthy ? this.#load() : 1 };
  }

  /** @returns the port; throws HarnessError `bad-input` for one that cannot be had */
  async listen(address: string, port: number): Promise<number> {
    const got = await listen(this.#server, 'proxy pool element', address, port);
    this.#scope.defer('proxy pool element', () => closeServer(this.#server));
    this.#watch();
    return got;
  }

  /**
   * The first part of a clean shutdown: unfit, so that nobody new is sent here; who comes all the same is served, and
   * told to come by another connection the next time.
   */
  async withdraw(): Promise<void> {
    this.#isLeaving = true;
    await this.#endWatch();
  }

  /** Clean shutdown: withdraws, if it did not before; then what is under way is answered. */
  close(): Promise<void> {
    return this.#scope.close();
  }

  #endWatch: () => Promise<void> = async () => {};

  #watch(): void {
    const { health, ended } = this.#options;
    const over = new AbortController();
    const url = new URL(health.url, this.#target).href;
    const watching = watchHealth(
      {
        ...health,
        url,
        onChange: ({ healthy, load, reason }) => {
          this.#told = load;
          this.#change(healthy, reason);
        },
      },
      over.signal,
    );
    ended?.then(
      () => {
        if (over.signal.aborted) return;
        over.abort();
        this.#change(false, 'its process has ended');
      },
      () => {},
    );
    let ending: Promise<void> | undefined;
    const end = async () => {
      over.abort();
      await watching;
      this.#change(false, 'it is shut down');
    };
    this.#endWatch = () => (ending ??= end());
    this.#scope.defer('health', () => this.#endWatch());
  }

  #change(healthy: boolean, reason: string | null): void {
    this.#fitness = { healthy, reason };
    this.#options.onChange(this.fitness);
  }

  #load(): number {
    return this.#told ?? Math.min(1, this.#underWay / (this.#options.capacity ?? 100));
  }

  async #serve(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    if (isKeepAlive(request)) return void response.writeHead(204).end();
    this.#count(1);
    try {
      const body = bodyOf(request, 0).next();
      const headers = [...endToEnd(request.rawHeaders, ['expect']), ...via];
      const { hostname, port } = this.#target;
      const question = { method: request.method!, path: request.url!, headers, body, signal };
      const address = hostname.replace(/^\[|\]$/g, '');
      const answer = await this.#connections.ask(address, Number(port || 80), question);
      await passOn(answer, response, this.#isLeaving ? ['Connection', 'close'] : []);
    } catch (error) {
      const sentence = `The server behind this element gave no answer: ${messageOf(error)}`;
      const fate = [unservedField, isUnsent(error) ? 'unsent' : 'lost'];
      if (!signal.aborted) refuse(response, isTimeout(error) ? 504 : 502, sentence, fate);
    } finally {
      this.#count(-1);
    }
  }

  /** Registrars hear of the load when it has changed by a hundredth. */
  #count(change: number): void {
    const before = Math.round(100 * this.#load());
    this.#underWay += change;
    if (this.#fitness.healthy && Math.round(100 * this.#load()) !== before) this.#options.onChange(this.fitness);
  }
}
