/**
 * The process of a proxy pool element: `node element.js ORDER`. Starts the server, stands in front of it, and has it in
 * the pool while it is healthy.
 */
import { realClock } from '../../base/clock.js';
import { labBroken } from '../../base/errors.js';
import type { Parameter } from '../native/asap.js';
import { type Peer, type PeerContext, runPeer } from '../native/peer/process.js';
import { Registration } from '../native/peer/registration.js';
import { type Fitness, ProxyElement } from '../proxy/element.js';
import { elementPort, type WebElementOrder, webElementOrderSchema } from './order.js';
import { type Service, startService } from './service.js';

/** A server may take its time; the user's proxy and its clients have their own patience. */
const patience = { connect: 1, answer: 3600 };
const deregistrationSeconds = 0.5;

class WebElement implements Peer {
  readonly #service: Service | null;
  readonly #proxy: ProxyElement;
  readonly #registration: Registration;
  #isHealthy = false;
  #wasHealthy = false;
  #isLeaving = false;

  constructor(
    private readonly order: WebElementOrder,
    private readonly context: PeerContext,
  ) {
    const { role, addresses, workspace } = order;
    const { command, port, health } = role.server!;
    this.#service = command && startService(command, { port, workspace, output: 'log' });
    const { path: url, interval: every, ...rest } = health;
    this.#proxy = new ProxyElement({
      server: `http://127.0.0.1:${port}`,
      health: { url, every, clock: realClock, ...rest },
      capacity: role.maxRequests,
      patience,
      onChange: (fitness) => this.#changed(fitness),
      ...(this.#service && { ended: this.#service.ended }),
    });
    const transport: Parameter = {
      ...{ kind: 'tcpTransport', port: elementPort, use: 0 },
      // TCP knows one address (RFC 5354, section 3.5).
      parameters: [{ kind: 'ipv4Address', address: addresses[0]! }],
    };
    const load = () => this.#proxy.fitness.load;
    this.#registration = new Registration(order, { transport, load, isFit: () => this.#isFit }, context);
    // What it fails with ends the process, with its sentence as the last word.
    void this.#proxy.listen('0.0.0.0', elementPort);
    this.#awaitHealth();
  }

  /** Out of the pool; users need a moment to learn of it, and are served meanwhile. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    const { drain } = this.order.role.server!;
    const moment = (seconds: number) => realClock.sleepUntil(realClock.now() + seconds);
    await this.#proxy.withdraw();
    await Promise.race([this.#registration.deregister(), moment(deregistrationSeconds)]);
    await moment(drain);
    await this.#proxy.close();
    await this.#service?.stop();
    this.#registration.close();
  }

  get #isFit(): boolean {
    return this.#proxy.fitness.healthy && !this.#isLeaving;
  }

  #changed({ healthy, load, reason }: Fitness): void {
    if (this.#isLeaving) return;
    const isNew = healthy !== this.#isHealthy;
    this.#isHealthy = healthy;
    this.#wasHealthy ||= healthy;
    if (isNew) this.context.tell({ event: 'fitness', healthy, load, reason });
    if (healthy && isNew) this.#registration.renew();
    else if (healthy) this.#registration.loadChanged();
  }

  /** A server that does not start is the experiment's mistake; what becomes of one that did is what it asks. */
  #awaitHealth(): void {
    const { name, role } = this.order;
    const { port, health, startWithin } = role.server!;
    const fail = (got: string) => {
      const where = `http://127.0.0.1:${port}${health.path}`;
      throw labBroken(`${name}: expected its server to be healthy at ${where} within ${startWithin} s, got: ${got}`);
    };
    const late = setTimeout(() => fail(this.#proxy.fitness.reason ?? 'no answer'), 1e3 * startWithin);
    void this.#service?.ended.then((how) => !this.#wasHealthy && !this.#isLeaving && fail(how));
    const look = setInterval(() => {
      if (!this.#wasHealthy) return;
      clearTimeout(late);
      clearInterval(look);
    }, 100);
  }
}

// Longer than any drain.
runPeer('web element', webElementOrderSchema, (order, context) => new WebElement(order, context), 30);
