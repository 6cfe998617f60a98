/**
 * The process of a proxy pool user: `node user.js ORDER`. A proxy for the pool, on the loopback device of its host, and
 * the clients that make requests of it.
 */
import { resolve } from 'node:path';
import { realClock } from '../../base/clock.js';
import { arrivalsOf } from '../../experiment/arrivals.js';
import { type Peer, type PeerContext, runPeer } from '../native/peer/process.js';
import { StickySessions } from '../proxy/sticky.js';
import { ProxyUser } from '../proxy/user.js';
import { poolKeys } from '../state/keys.js';
import { startK6 } from './k6.js';
import { OpenLoad } from './load.js';
import { userPort, type WebUserOrder, webUserOrderSchema } from './order.js';
import { AsapResolver } from './resolver.js';
import { RowFile } from './rows.js';

class WebUser implements Peer {
  readonly #resolver: AsapResolver;
  readonly #proxy: ProxyUser;
  readonly #rows: RowFile;
  #endLoad: () => Promise<void> = async () => {};

  constructor(
    private readonly order: WebUserOrder,
    context: PeerContext,
  ) {
    const { role, addresses, registrars, networks, runSeconds } = order;
    const { pool, requestTimeout, sessionKeepAliveInterval: interval, sessionKeepAliveTimeout: timeout } = role;
    const { attempts, staleCacheValue, sticky } = role.load!;
    this.#resolver = new AsapResolver({ pool, addresses, registrars, networks, staleCacheValue }, context);
    this.#rows = new RowFile(order.rows);
    const keys = sticky?.map(({ identifier, secret }) => ({ identifier, secret: Buffer.from(secret, 'hex') }));
    this.#proxy = new ProxyUser({
      ...{ pool, attempts, resolver: this.#resolver, keepAlive: { interval, timeout } },
      patience: { connect: timeout, answer: requestTimeout },
      ...(keys && { sticky: new StickySessions({ pool, keys: poolKeys(keys), clock: realClock }) }),
    });
    setTimeout(() => process.exit(0), runSeconds * 1e3);
    void this.#begin();
  }

  async leave(): Promise<void> {
    await this.#endLoad();
    this.#rows.close();
    await this.#proxy.close();
    this.#resolver.close();
  }

  async #begin(): Promise<void> {
    const { seed, name, life, role } = this.order;
    const port = await this.#proxy.listen('127.0.0.1', userPort);
    const [target, load] = [`http://127.0.0.1:${port}`, role.load!];
    if (load.k6 !== null) return this.#runK6(load.k6, target);
    const arrivals = arrivalsOf(seed, name, life, role.requestInterval, load.rampUp);
    const own = new OpenLoad({ target, load, arrivals, clock: realClock, onRow: (row) => this.#rows.add(row) });
    this.#endLoad = () => own.end();
  }

  /** Ends as its script says; what comes after that is no load. */
  async #runK6(script: string, target: string): Promise<void> {
    const { workspace, k6Points, k6Summary } = this.order;
    const k6 = startK6({ script, target, workspace, points: resolve(k6Points), summary: resolve(k6Summary) });
    this.#endLoad = () => k6.stop();
    await k6.over;
  }
}

// k6 lets iterations end before it writes its summary.
runPeer('web user', webUserOrderSchema, (order, context) => new WebUser(order, context), 15);
