/**
 * Runs a plan's faults: waits for their time, resolves their targets, injects, journals, heals. Whatever was injected is
 * healed at the end, even when the run is cut short.
 */
import type { Clock } from '../base/clock.js';
import { codeOf } from '../base/errors.js';
import type { Random } from '../base/random.js';
import type { Fault, FaultKind } from './fault.js';
import { nextUpTime, type ScheduledFault, timesOf } from './schedule.js';
import { describeTarget, type Target } from './target.js';

/** A fault as it hits one host. */
export interface Strike {
  /** Counts the strikes of a run from 1. */
  readonly id: number;
  readonly kind: Exclude<FaultKind, 'failure'>;
  readonly host: string;
  readonly fault: Fault;
  /** Seconds since the epoch of the clock. */
  readonly intendedAt: number;
}

/** What makes faults real: one for a lab; tests use a fake. */
export interface FaultHandler {
  /** Makes the fault happen; resolves when it has taken effect, with when it began and what shows it. */
  inject(strike: Strike): Promise<{ injectedAt: number; evidence: string | null }>;
  /** Undoes it; a component that died runs again when this resolves. */
  heal(strike: Strike): Promise<void>;
  /** Hosts of the group that serve a request at this moment. */
  busy(group: string): Promise<string[]>;
}

export interface InjectorOptions {
  readonly faults: readonly ScheduledFault[];
  readonly hosts: readonly { name: string; group: string }[];
  /** The host's role's clean shutdown probability, for `failure`. */
  readonly cleanShutdownProbability: (host: string) => number;
  readonly handler: FaultHandler;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly onStrike: (strike: Strike, result: { injectedAt: number; evidence: string | null }) => void;
  readonly onHeal: (strike: Strike, healedAt: number) => void;
  readonly onSkip: (fault: Fault, intendedAt: number, reason: string) => void;
}

export class Injector {
  readonly #options: InjectorOptions;
  readonly #struck = new Map<string, Strike>();
  readonly #pending = new Set<Promise<void>>();
  readonly #noMore = new AbortController();
  readonly #end = new AbortController();
  readonly #untilNoMore: AbortSignal;
  readonly #untilEnd: AbortSignal;
  #strikes = 0;
  #fail!: (error: unknown) => void;

  /** Rejects when an injection or a heal failed in the background. */
  readonly failed: Promise<never>;

  constructor(options: InjectorOptions) {
    this.#options = options;
    this.#untilNoMore = AbortSignal.any([options.signal, this.#noMore.signal]);
    this.#untilEnd = AbortSignal.any([options.signal, this.#end.signal]);
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // A failure that nobody waits for yet must not end the process.
    this.failed.catch(() => {});
  }

  /** Starts the clocks of `mtbf` faults: the elements are ready now. They tick until {@link noMore}. */
  startUpTimes(): void {
    for (const [at, schedule] of this.#options.faults.entries()) {
      if (schedule.when !== 'mtbf') continue;
      for (const host of this.#clockOwners(schedule.fault.target)) {
        this.#spawn(() => this.#upTimes(schedule, this.#options.random.fork('mtbf', at, host ?? ''), host));
      }
    }
  }

  /** Strikes the `at` and `every` faults of a measurement that starts now; resolves after the last was injected. */
  async measure(length: number): Promise<void> {
    const { clock, faults } = this.#options;
    const start = clock.now();
    await Promise.all(
      faults.map(async (schedule) => {
        if (schedule.when === 'mtbf') return;
        for (const time of timesOf(schedule, length)) {
          await clock.sleepUntil(start + time, this.#untilNoMore);
          await this.#strike(schedule, schedule.fault.target, start + time);
        }
      }),
    );
  }

  /** No fault strikes from now on; those that did are healed in their time. */
  noMore(): void {
    this.#noMore.abort();
  }

  /**
   * Ends all schedules and heals what is still struck; every heal is tried.
   * @throws what the first failing heal threw
   */
  async finish(): Promise<void> {
    this.noMore();
    this.#end.abort();
    await Promise.allSettled(this.#pending);
    const healed = await Promise.allSettled([...this.#struck.values()].map((strike) => this.#heal(strike)));
    const failure = healed.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
    if (failure) throw failure.reason;
  }

  #clockOwners(target: Target): (string | null)[] {
    if (target.select === 'named') return target.names;
    if (target.select === 'all') return this.#inGroup(target.group);
    return [null];
  }

  async #upTimes(
    schedule: Extract<ScheduledFault, { when: 'mtbf' }>,
    random: Random,
    host: string | null,
  ): Promise<void> {
    const target: Target = host === null ? schedule.fault.target : { select: 'named', names: [host] };
    for (;;) {
      const due = this.#options.clock.now() + nextUpTime(schedule, random);
      await this.#options.clock.sleepUntil(due, this.#untilNoMore);
      const { over } = await this.#strike(schedule, target, due);
      await over;
    }
  }

  /** Injects now; returns the promise of the heal, which goes on in the background. */
  async #strike(schedule: ScheduledFault, target: Target, intendedAt: number): Promise<{ over: Promise<void> }> {
    const { fault, lasting } = schedule;
    const found = await this.#resolve(target, intendedAt);
    if (found.hosts.length === 0) {
      this.#options.onSkip(fault, intendedAt, `no host for '${describeTarget(target)}' that is up`);
      return { over: Promise.resolve() };
    }
    const strikes = found.hosts.map((host): Strike => {
      const strike = { id: ++this.#strikes, kind: this.#kind(fault, host), host, fault, intendedAt: found.at };
      this.#struck.set(host, strike);
      return strike;
    });
    await Promise.all(
      strikes.map(async (strike) => this.#options.onStrike(strike, await this.#options.handler.inject(strike))),
    );
    if (lasting === null) return { over: Promise.resolve() };
    const over = this.#spawn(async () => {
      await this.#options.clock.sleepUntil(found.at + lasting, this.#untilEnd);
      await Promise.all(strikes.map((strike) => this.#heal(strike)));
    });
    return { over };
  }

  async #heal(strike: Strike): Promise<void> {
    await this.#options.handler.heal(strike);
    this.#struck.delete(strike.host);
    this.#options.onHeal(strike, this.#options.clock.now());
  }

  #kind(fault: Fault, host: string): Strike['kind'] {
    if (fault.kind !== 'failure') return fault.kind;
    const draw = this.#options.random.fork('clean', host, this.#strikes).uniform();
    return draw < this.#options.cleanShutdownProbability(host) ? 'shutdown' : 'powerOff';
  }

  /** A busy target may have to be waited for; the fault is then intended for the moment it is found. */
  async #resolve(target: Target, intendedAt: number): Promise<{ hosts: string[]; at: number }> {
    const { clock, random, handler } = this.#options;
    const up = (names: readonly string[]) => names.filter((name) => !this.#struck.has(name));
    const draw = (names: string[]) =>
      names.length === 0 ? [] : [names[random.fork('target', this.#strikes).below(names.length)]!];
    if (target.select === 'named') return { hosts: up(target.names), at: intendedAt };
    if (target.select === 'all') return { hosts: up(this.#inGroup(target.group)), at: intendedAt };
    if (target.select === 'one') return { hosts: draw(up(this.#inGroup(target.group))), at: intendedAt };
    for (let at = intendedAt; at < intendedAt + longestWaitForBusy; at = clock.now()) {
      const hosts = draw(up(await handler.busy(target.group)));
      if (hosts.length > 0) return { hosts, at };
      await clock.sleepUntil(clock.now() + 0.02, this.#untilNoMore);
    }
    return { hosts: [], at: intendedAt };
  }

  #inGroup(group: string): string[] {
    return this.#options.hosts.filter((host) => host.group === group).map(({ name }) => name);
  }

  /** Keeps track of background work, so that {@link finish} can await it and its failure is seen. */
  #spawn(work: () => Promise<void>): Promise<void> {
    const running = work().catch((error) => {
      if (!this.#untilNoMore.aborted || codeOf(error) === 'lab-broken') this.#fail(error);
    });
    this.#pending.add(running);
    return running.finally(() => this.#pending.delete(running));
  }
}

/** Seconds. Longer than any gap between requests worth testing at. */
const longestWaitForBusy = 10;
