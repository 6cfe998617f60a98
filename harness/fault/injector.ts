/**
 * Runs a plan's faults: waits for their time, resolves their targets, injects, journals, heals. Whatever was injected
 * is healed at the end, even when the run is cut short.
 */
import type { Clock } from '../base/clock.js';
import { codeOf } from '../base/errors.js';
import type { Random } from '../base/random.js';
import type { Fault, FaultKind } from './fault.js';
import { mayJoin } from './overlap.js';
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
  /** Hosts of the group that serve a request at this moment; of registrars, those that are home of elements. */
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
  /** Injected, or being injected, and not healed; by id, in the order of injection. */
  readonly #active = new Map<number, Strike>();
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
    const strikes = faults.map(async (schedule) => {
      if (schedule.when === 'mtbf') return;
      for (const time of timesOf(schedule, length)) {
        await clock.sleepUntil(start + time, this.#untilNoMore);
        await this.#strike(schedule, schedule.fault.target, start + time);
      }
    });
    await Promise.all(strikes.map((each) => this.#track(each)));
  }

  /** No fault strikes from now on; those that did are healed in their time. */
  noMore(): void {
    this.#noMore.abort();
  }

  /**
   * Ends all schedules and heals what is still struck, on each host the latest fault first, as they lie on top of each
   * other; every heal is tried.
   * @throws what the first failing heal threw
   */
  async finish(): Promise<void> {
    this.noMore();
    this.#end.abort();
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
    const hosts = new Set([...this.#active.values()].map(({ host }) => host));
    const healed = await Promise.all([...hosts].map((host) => this.#healAll(host)));
    const failure = healed.flat().find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
    if (failure) throw failure.reason;
  }

  async #healAll(host: string): Promise<PromiseSettledResult<void>[]> {
    const results: PromiseSettledResult<void>[] = [];
    for (const strike of this.#on(host).reverse()) results.push(...(await Promise.allSettled([this.#heal(strike)])));
    return results;
  }

  #on(host: string): Strike[] {
    return [...this.#active.values()].filter((strike) => strike.host === host);
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
    const strikes = await this.#claim(fault, target, intendedAt);
    if (strikes.length === 0) {
      this.#options.onSkip(fault, intendedAt, `no host for '${describeTarget(target)}' that may have it`);
      return { over: Promise.resolve() };
    }
    await Promise.all(
      strikes.map(async (strike) => this.#options.onStrike(strike, await this.#options.handler.inject(strike))),
    );
    if (lasting === null) return { over: Promise.resolve() };
    const over = this.#spawn(async () => {
      await this.#options.clock.sleepUntil(strikes[0]!.intendedAt + lasting, this.#untilEnd);
      await Promise.all(strikes.map((strike) => this.#heal(strike)));
    });
    return { over };
  }

  async #heal(strike: Strike): Promise<void> {
    await this.#options.handler.heal(strike);
    this.#active.delete(strike.id);
    this.#options.onHeal(strike, this.#options.clock.now());
  }

  #kind(fault: Fault, host: string): Strike['kind'] {
    if (fault.kind !== 'failure') return fault.kind;
    const draw = this.#options.random.fork('clean', host, this.#strikes).uniform();
    return draw < this.#options.cleanShutdownProbability(host) ? 'shutdown' : 'powerOff';
  }

  /**
   * Finds the target among the hosts that may have the fault and takes it in the same breath, so that of two faults at
   * one moment each gets its own. A busy target may have to be waited for; the fault is then intended for the moment it
   * is found.
   */
  async #claim(fault: Fault, target: Target, intendedAt: number): Promise<Strike[]> {
    const { clock, handler } = this.#options;
    if (target.select === 'named') return this.#take(fault, target.names, intendedAt);
    if (target.select === 'all') return this.#take(fault, this.#inGroup(target.group), intendedAt);
    if (target.select === 'one') return this.#take(fault, this.#draw(fault, this.#inGroup(target.group)), intendedAt);
    for (let at = intendedAt; at < intendedAt + longestWaitForBusy; at = clock.now()) {
      const strikes = this.#take(fault, this.#draw(fault, await handler.busy(target.group)), at);
      if (strikes.length > 0) return strikes;
      await clock.sleepUntil(clock.now() + 0.02, this.#untilNoMore);
    }
    return [];
  }

  #take(fault: Fault, hosts: readonly string[], intendedAt: number): Strike[] {
    const free = this.#free(fault, hosts);
    // A partition with a hole in it would be none.
    if (fault.kind === 'partition' && free.length < hosts.length) return [];
    return free.map((host) => {
      const strike = { id: ++this.#strikes, kind: this.#kind(fault, host), host, fault, intendedAt };
      this.#active.set(strike.id, strike);
      return strike;
    });
  }

  #draw(fault: Fault, hosts: readonly string[]): string[] {
    const names = this.#free(fault, hosts);
    if (names.length === 0) return [];
    return [names[this.#options.random.fork('target', this.#strikes).below(names.length)]!];
  }

  /** Hosts that may have this fault, whatever else they have. */
  #free(fault: Fault, names: readonly string[]): string[] {
    return names.filter((name) =>
      mayJoin(
        fault,
        this.#on(name).map(({ kind, fault: { network } }) => ({ kind, network })),
      ),
    );
  }

  #inGroup(group: string): string[] {
    return this.#options.hosts.filter((host) => host.group === group).map(({ name }) => name);
  }

  /** Work in the background; its failure is seen in {@link failed}. */
  #spawn(work: () => Promise<void>): Promise<void> {
    return this.#track(
      work().catch((error) => {
        if (!this.#untilNoMore.aborted || codeOf(error) === 'lab-broken') this.#fail(error);
      }),
    );
  }

  /** Lets {@link finish} await it: what is being injected can only be healed when it has been. */
  #track(work: Promise<void>): Promise<void> {
    this.#pending.add(work);
    return work.finally(() => this.#pending.delete(work));
  }
}

/** Seconds. Longer than any gap between requests worth testing at. */
const longestWaitForBusy = 10;
