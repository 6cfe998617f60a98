import type { PoolElement } from '../../experiment/role.js';
import { isAdaptive } from '../../protocol/policy.js';
import type { Association, Side } from './association.js';
import type { Entry, Registration } from './handlespace.js';
import { answerSeconds, Home } from './home.js';
import { type Job, Jobs } from './jobs.js';
import type { Node } from './network.js';
import { type Component, idle, Process, type Stoppable } from './process.js';
import type { Registrar } from './registrar.js';
import type { Deployed } from './run.js';
import type { Session } from './session.js';

/** A registration is renewed so often while it is valid, as the laboratory tells RSPLIB to. */
const renewalsPerLife = 3;
const opener: Side = 0;
const acceptor: Side = 1;

/** A pool element: one process after the other on the same host. */
export class Element implements Component {
  readonly jobs: Jobs;
  /** Seconds up, of processes that have ended. */
  #upSeconds = 0;
  #upSince = 0;
  #process: Process | null = null;
  #home: Home | null = null;
  #entry: Entry | null = null;
  #sessions = new Map<Association, { job: Job; session: Session }>();
  #alarm: Stoppable | null = null;
  /** Cookie echoes that nothing has woken the element for. */
  #unread: (() => void)[] = [];
  #renewal: Stoppable | null = null;
  #registering = false;
  #changed = false;
  /** How long it waits for the registrar's answer. */
  #patience: Stoppable = idle;

  constructor(
    readonly deployed: Deployed,
    readonly node: Node,
    readonly role: PoolElement,
    readonly onReady: () => void,
  ) {
    this.jobs = new Jobs(role);
  }

  get isBusy(): boolean {
    return this.#process?.alive === true && this.jobs.all.size > 0;
  }

  upSeconds(): number {
    return this.#upSeconds + (this.#process?.alive ? this.deployed.queue.now - this.#upSince : 0);
  }

  start(): void {
    const { queue } = this.deployed;
    const process = new Process(this.node, queue, (association) => this.#welcome(association));
    this.#process = process;
    this.node.process = process;
    this.#upSince = queue.now;
    this.#entry = null;
    this.jobs.resume(queue.now);
    this.#join(process);
  }

  /** A request, or the cookie of one, arrives. */
  serve(association: Association, session: Session): void {
    if (this.deployed.quirks.lateCookieEcho && session.progress > 0) {
      this.#unread.push(() => this.#serve(association, session));
      return;
    }
    this.#readAll();
    this.#serve(association, session);
  }

  #readAll(): void {
    const unread = this.#unread;
    this.#unread = [];
    for (const read of unread) read();
  }

  #serve(association: Association, session: Session): void {
    const { queue, counters } = this.deployed;
    if (this.jobs.all.size >= this.role.maxRequests) {
      association.send(acceptor, () => session.rejected());
      return;
    }
    const job: Job = {
      size: session.size,
      progress: session.progress,
      cookieProgress: session.progress,
      cookieAt: queue.now,
      onCookie: (progress) => {
        counters.cookies++;
        association.send(acceptor, () => session.cookie(progress));
      },
      onDone: () => {
        this.#sessions.delete(association);
        association.send(acceptor, () => session.completed());
      },
    };
    this.#sessions.set(association, { job, session });
    this.jobs.add(job, queue.now);
    association.send(acceptor, () => session.accepted());
    this.#monitor(association, job);
    this.#loadChanged();
  }

  /** A keep-alive of a user arrives; it is answered while its request is here. */
  answerKeepAlive(association: Association, session: Session): void {
    this.#readAll();
    if (this.#sessions.has(association)) association.send(acceptor, () => session.keepAliveAnswered());
  }

  /** Calculations done for the session's request as of now, or when it was lost. */
  progressOf(association: Association, session: Session): number {
    this.jobs.advance(this.deployed.queue.now);
    return this.#sessions.get(association)?.job.progress ?? session.progress;
  }

  /** SIGINT: a last cookie and a word for every session, deregistration, then the end. */
  shutDown(): number {
    const { queue } = this.deployed;
    this.#readAll();
    this.jobs.advance(queue.now);
    const process = this.deregister();
    let longest = 0;
    for (const [association, { job, session }] of this.#sessions) {
      this.jobs.sendCookie(job, queue.now);
      longest = Math.max(
        longest,
        association.leave(acceptor, () => session.leaving()),
      );
    }
    for (const association of process.associations) association.drain(association.sideOf(process));
    this.#die();
    return longest;
  }

  /** Leaves its pool, and goes on. @returns its process */
  protected deregister(): Process {
    const entry = this.#entry;
    const { association: link, side, registrar } = this.#home!;
    if (entry) link?.send(side, () => registrar.deregister(entry));
    this.#renewal?.stop();
    return this.#process!;
  }

  /** SIGKILL: the kernel ends the associations. */
  kill(): void {
    this.#process!.abort();
    this.#die();
  }

  /** The host is gone without a word. */
  vanish(): void {
    this.#process!.vanish();
    this.#die();
  }

  freeze(): void {
    this.jobs.stop(this.deployed.queue.now);
    this.#process!.freeze();
    this.#schedule();
  }

  thaw(): void {
    this.jobs.resume(this.deployed.queue.now);
    this.#process!.thaw();
    this.#schedule();
  }

  #die(): void {
    const { queue } = this.deployed;
    this.#upSeconds = this.upSeconds();
    this.jobs.advance(queue.now);
    for (const { job, session } of this.#sessions.values()) session.progress = job.progress;
    this.jobs.all.clear();
    this.#sessions.clear();
    [this.#unread, this.#home] = [[], null];
    this.#process!.alive = false;
    this.#schedule();
  }

  #welcome(association: Association): void {
    association.onLost(acceptor, () => this.#drop(association));
  }

  /** The user of a session is gone, or the session over. */
  #drop(association: Association): void {
    const dropped = this.#sessions.get(association);
    if (!dropped) return;
    this.jobs.remove(dropped.job, this.deployed.queue.now);
    dropped.session.progress = dropped.job.progress;
    this.#sessions.delete(association);
    this.#loadChanged();
  }

  /** The element's own look at its user: a request is dropped when nobody is there to want it any more. */
  #monitor(association: Association, job: Job): void {
    const { sessionKeepAliveInterval: interval, sessionKeepAliveTimeout: timeout } = this.role;
    const process = this.#process!;
    process.after(interval, () => {
      if (this.#sessions.get(association)?.job !== job) return;
      const patience = process.after(timeout, () => {
        if (this.#sessions.get(association)?.job !== job) return;
        this.#drop(association);
        association.close(acceptor);
      });
      association.send(acceptor, () =>
        association.send(opener, () => {
          patience.stop();
          this.#readAll();
          if (this.#sessions.get(association)?.job === job) this.#monitor(association, job);
        }),
      );
    });
  }

  #loadChanged(): void {
    this.#schedule();
    if (!isAdaptive(this.role.policy)) return;
    this.#changed = true;
    if (!this.#registering) this.#register();
  }

  /** Sets the alarm for the next completion or cookie. */
  #schedule(): void {
    this.#alarm?.stop();
    this.#alarm = null;
    const next = this.jobs.next();
    if (!this.#process?.alive || next === Number.POSITIVE_INFINITY) return;
    this.#alarm = this.#process.after(Math.max(0, next - this.deployed.queue.now), () => {
      this.#alarm = null;
      if (this.jobs.settle(this.deployed.queue.now)) this.#loadChanged();
      else this.#schedule();
    });
  }

  /** Sets up the association with a registrar, again whenever it is lost: then with another one, if there is any. */
  #join(process: Process): void {
    const { network, registrars, quirks } = this.deployed;
    const up = () => {
      this.#registering = false;
      this.#register(this.onReady);
    };
    const home = new Home(registrars, network, process, { up, lost: () => {} }, quirks.waitsForHome);
    this.#home = home;
    home.join();
  }

  #register(acknowledged = () => {}): void {
    const home = this.#home;
    const process = this.#process!;
    const link = home?.association;
    if (!home || !link) return;
    const { registrar, side } = home;
    [this.#registering, this.#changed] = [true, false];
    const registration = this.#registration(process);
    this.#renewal?.stop();
    this.#renewal = process.after(registration.life / renewalsPerLife, () => this.#register());
    this.#patience.stop();
    if (home.hasChoice) this.#patience = process.after(answerSeconds, () => home.isUp && home.leave());
    link.send(side, () => {
      const entry = registrar.register(this.#entry, registration, link);
      link.send(side === opener ? acceptor : opener, () => {
        this.#patience.stop();
        this.#entry = entry;
        this.#registering = false;
        // Where the pool has another policy, it asks again when it would renew its registration.
        if (entry) acknowledged();
        if (this.#changed) this.#register();
      });
    });
  }

  #registration(process: Process): Registration {
    const { pool, policy, maxRequests, registrationLife: life } = this.role;
    return {
      pool,
      policy,
      life,
      process,
      address: this.node.address,
      load: this.jobs.all.size / maxRequests,
      adopted: (registrar, association) => this.#adopted(process, registrar, association),
    };
  }

  /** A registrar has taken over from its home: it registers there, unless it has found another one by itself. */
  #adopted(process: Process, registrar: Registrar, association: Association): void {
    if (process === this.#process) this.#home?.adopt(registrar, association);
  }
}
