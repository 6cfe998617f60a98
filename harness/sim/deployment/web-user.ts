import { arrivalsOf } from '../../experiment/arrivals.js';
import type { PoolUser } from '../../experiment/role.js';
import { idempotentMethods } from '../../experiment/web-parts.js';
import type { FailoverRow } from '../../result/rows.js';
import type { WebRequestRow } from '../../result/web.js';
import type { Association, Side } from './association.js';
import { causeOf } from './cause.js';
import { connect } from './connect.js';
import type { Entry } from './handlespace.js';
import type { Node } from './network.js';
import { idle, Process } from './process.js';
import { Program } from './program.js';
import type { Deployed } from './run.js';
import { tcp } from './transport.js';
import type { WebElement } from './web-element.js';
import { type Attempt, failoverOf, type Request } from './web-request.js';
import { WebResolver } from './web-resolver.js';
import { WebWatch } from './web-watch.js';

const opener: Side = 0;

/** The clients of a web service, which make requests when they are due, and the proxy that finds elements for them. */
export class WebUser extends Program {
  #resolver!: WebResolver;
  #watch!: WebWatch;
  #underWay = new Set<Request>();
  /** Connections that wait for a request, by element. */
  #idle = new Map<Process, Set<Association>>();

  /** @param startAt when its first life begins to make requests */
  constructor(
    readonly deployed: Deployed,
    readonly node: Node,
    readonly role: PoolUser,
    startAt: number,
    readonly onReady: () => void,
  ) {
    super();
    this.#live(startAt);
  }

  readonly isBusy = false;

  start(): void {
    this.#live(this.deployed.queue.now);
    this.onReady();
  }

  /** What is under way is told of. */
  override shutDown(): number {
    this.close();
    return super.shutDown();
  }

  /** The run ends: what is under way stays so. */
  close(): void {
    for (const { row } of this.#underWay) this.deployed.web?.push(row);
  }

  #live(startAt: number): void {
    const { queue, plan } = this.deployed;
    const {
      pool,
      load,
      requestInterval,
      sessionKeepAliveInterval: interval,
      sessionKeepAliveTimeout: timeout,
    } = this.role;
    const process = new Process(this.node, queue, () => {});
    this.process = process;
    this.node.process = process;
    this.#resolver = new WebResolver(this.deployed, process, pool, load!.staleCacheValue);
    this.#watch = new WebWatch(this.deployed, process, { interval, timeout }, (entry) => this.#giveUp(entry));
    const arrivals = arrivalsOf(plan.seed, this.node.name, process.life + 1, requestInterval, load!.rampUp);
    let id = 0;
    const next = () => {
      const due = startAt + arrivals.next().value;
      process.after(Math.max(0, due - queue.now), () => {
        this.#make(++id, due);
        next();
      });
    };
    next();
  }

  /** What is under way is lost with the clients, and so is what they would have told of it. */
  protected die(): void {
    this.process.alive = false;
    this.deployed.record?.gone(this.node.name);
    this.#underWay.clear();
    this.#idle.clear();
  }

  #make(id: number, intendedAt: number): void {
    const { queue, counters } = this.deployed;
    const { method, path, patience } = this.role.load!;
    if (counters.covers(intendedAt)) counters.requestsQueued++;
    const row: WebRequestRow = {
      ...{ user: this.node.name, id, method, path, intendedAt, sentAt: queue.now, answeredAt: null, endedAt: null },
      ...{ status: null, error: null, retries: null, element: null },
    };
    const late = this.process.after(patience, () => this.#fail(request, `no whole answer within ${patience} s`));
    const request: Request = { row, tried: [], attempt: null, failover: null, patience: late };
    this.#underWay.add(request);
    this.#next(request, `The pool '${this.role.pool}' has no element.`);
  }

  #next(request: Request, otherwise: string): void {
    this.#resolver.resolve((entries) => {
      if (!this.#underWay.has(request)) return;
      const entry = entries.find(({ process }) => !request.tried.some((each) => each.process === process));
      if (entry) this.#try(request, entry);
      else this.#fail(request, otherwise);
    });
  }

  #try(request: Request, entry: Entry): void {
    const { network, queue, record } = this.deployed;
    const { sessionKeepAliveTimeout, requestTimeout } = this.role;
    record?.selection.connecting(entry, queue.now);
    request.tried.push(entry);
    const attempt: Attempt = {
      ...{ entry, sentAt: null, connection: null, opening: idle, limit: idle, over: false },
      unwatch: this.#watch.begin(entry),
    };
    request.attempt = attempt;
    const up = (connection: Association) => {
      attempt.connection = connection;
      connection.onLost(opener, () => this.#retry(request, attempt, 'its connection is closed'));
      attempt.limit.stop();
      attempt.limit = this.process.after(requestTimeout, () => this.#retry(request, attempt, 'it does not answer'));
      this.#send(request, attempt, connection);
    };
    const known = this.#idleOf(entry).values().next().value;
    if (known) {
      this.#idleOf(entry).delete(known);
      up(known);
      return;
    }
    const unreachable = () => this.#retry(request, attempt, 'it cannot be reached');
    attempt.limit = this.process.after(sessionKeepAliveTimeout, unreachable);
    attempt.opening = connect(network, this.process, entry, { up, refused: unreachable }, tcp);
  }

  #send(request: Request, attempt: Attempt, connection: Association): void {
    const { queue, elements } = this.deployed;
    attempt.sentAt = queue.now;
    if (request.failover && request.failover.connectedAt === null) this.#connected(request.failover, attempt.entry);
    const element = elements.get(attempt.entry.node.name) as WebElement | undefined;
    connection.send(opener, () =>
      element?.answer(connection, (isLast) => {
        if (attempt.over) return;
        this.#leave(attempt);
        if (isLast) connection.close(opener);
        else this.#rest(attempt.entry, connection);
        this.#answered(request, attempt);
      }),
    );
  }

  #rest(entry: Entry, connection: Association): void {
    const connections = this.#idleOf(entry).add(connection);
    connection.onLost(opener, () => connections.delete(connection));
  }

  #answered(request: Request, { entry }: Attempt): void {
    const { queue, counters } = this.deployed;
    const { row, failover } = request;
    if (failover) {
      failover.resumedAt = queue.now;
      failover.resumption = queue.now - failover.connectedAt!;
      failover.delay = failover.faultAt === null ? null : queue.now - failover.faultAt;
    }
    if (counters.covers(queue.now)) counters.handling.add(queue.now - row.intendedAt);
    const retries = request.tried.length - 1;
    const answer = { answeredAt: queue.now, status: 200, retries, element: entry.node.name };
    this.#end(request, { ...row, ...answer, endedAt: queue.now });
  }

  /** The attempt is over, unless it was before; another element is tried where that is allowed. */
  #retry(request: Request, attempt: Attempt, why: string): void {
    if (attempt.over) return;
    const { queue, counters } = this.deployed;
    const { method, attempts } = this.role.load!;
    this.#leave(attempt);
    attempt.connection?.close(opener);
    counters.unreachables++;
    if (attempt.sentAt !== null) {
      counters.failovers++;
      // Every element that got the request begins one, as in what is measured.
      request.failover = failoverOf(request, causeOf(attempt.entry, attempt.sentAt, this.node), queue.now);
    }
    this.#resolver.report(attempt.entry);
    const tried = request.tried.map(({ node }) => node.name).join(', then ');
    const reason = `The pool '${this.role.pool}' gave no answer; tried ${tried}: ${why}`;
    const mayRepeat = attempt.sentAt === null || idempotentMethods.has(method);
    if (request.tried.length < attempts && mayRepeat) this.#next(request, reason);
    else this.#fail(request, reason);
    if (request.failover) request.failover.selectedAt = queue.now;
  }

  /** Most of the time the proxy knows the next element already. */
  #connected(failover: FailoverRow, { node }: Entry): void {
    const { now } = this.deployed.queue;
    failover.selectedAt ??= failover.detectedAt;
    failover.newElement = node.name;
    failover.selection = failover.selectedAt! - failover.detectedAt!;
    failover.connection = now - failover.selectedAt!;
    failover.connectedAt = now;
    this.deployed.recorder?.failovers.push(failover);
  }

  #giveUp(silent: Entry): void {
    for (const connection of [...this.#idleOf(silent)]) connection.close(opener);
    this.#idle.delete(silent.process);
    for (const request of [...this.#underWay]) {
      const { attempt } = request;
      if (attempt?.entry.process === silent.process) this.#retry(request, attempt, 'it is silent');
    }
  }

  #leave(attempt: Attempt): void {
    attempt.over = true;
    attempt.limit.stop();
    attempt.opening.stop();
    attempt.unwatch();
  }

  #fail(request: Request, error: string): void {
    const { attempt, row } = request;
    if (attempt && !attempt.over) {
      this.#leave(attempt);
      attempt.connection?.close(opener);
    }
    this.#end(request, { ...row, endedAt: this.deployed.queue.now, error });
  }

  #end(request: Request, row: WebRequestRow): void {
    request.patience.stop();
    this.#underWay.delete(request);
    this.deployed.web?.push(row);
  }

  #idleOf({ process }: Entry): Set<Association> {
    const known = this.#idle.get(process) ?? new Set();
    this.#idle.set(process, known);
    return known;
  }
}
