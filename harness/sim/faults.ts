/**
 * Lets a plan's faults strike in a simulation, drawn or as a lab recorded them. What a fault does is the model's
 * business; when it strikes, whom, and when it is healed is decided here, alike for both models.
 */
import type { Draws, Random, Streams } from '../base/random.js';
import type { Plan } from '../experiment/plan.js';
import type { Direction, Fault, FaultKind } from '../fault/fault.js';
import { type Hit, hitsProcess, mayJoin } from '../fault/overlap.js';
import { countOf, nextUpTime, type ScheduledFault, timeOf } from '../fault/schedule.js';
import type { Impairment } from '../topology/impairment.js';
import { plannedAs } from './planned.js';
import type { EventQueue } from './queue.js';

/** A fault as it hit one host. Times are seconds since the run began. */
export interface Strike {
  /** Counts the faults of a run from 1. */
  readonly id: number;
  /** What was done: a `failure` is a `shutdown` or a `powerOff` here. */
  readonly kind: Exclude<FaultKind, 'failure'>;
  readonly host: string;
  readonly network: string | null;
  readonly impairment: Impairment | null;
  /** Of the packets that an impairment hits, as the host sees them. */
  readonly direction: Direction;
  readonly reappear: 'same-address' | 'new-address' | null;
  /** Of a partition, a flap, a CPU's share that is left: as the fault has them. */
  readonly sides: Fault['sides'];
  readonly flapping: Fault['flapping'];
  readonly cpuShare: number | null;
  readonly injectedAt: number;
  /** Null while it lasts. */
  healedAt: number | null;
}

/** A fault that a lab injected, with times on the clock of its journal. */
export interface RecordedFault {
  readonly kind: string;
  readonly host: string;
  readonly network: string | null;
  readonly injectedAt: number;
  readonly healedAt: number | null;
}

/** The faults of a lab's run, to be replayed instead of drawn ones. */
export interface FaultJournal {
  /** When the lab's measurement began, on the clock of the faults' times. */
  readonly measureAt: number;
  readonly faults: readonly RecordedFault[];
}

/** What faults need to know of a model, and do to it. Hosts are known by their place in the plan. */
export interface Victims {
  isUp(host: number): boolean;
  /** Whether the host serves a request. */
  isBusy(host: number): boolean;
  /** Lets the fault bite. @returns the earliest time at which it can be healed */
  inject(strike: Strike, host: number): number;
  heal(strike: Strike, host: number): void;
}

/** Faults that end the process, so that the host has to become ready again. */
export const isDeath = (kind: FaultKind): boolean =>
  kind === 'shutdown' || kind === 'kill' || kind === 'powerOff' || kind === 'failure';

type How = Pick<Strike, 'network' | 'impairment' | 'direction' | 'reappear' | 'sides' | 'flapping' | 'cpuShare'>;

const howOf = ({ network, impairment, direction, reappear, sides, flapping, cpuShare }: How): How => ({
  ...{ network, impairment, direction, reappear, sides, flapping, cpuShare },
});

/** A recorded fault of which the plan says nothing. */
const unplanned: How = {
  ...{ network: null, impairment: null, direction: 'both', reappear: 'same-address', sides: [], flapping: null },
  cpuShare: 1,
};

/** A host as faults see it. */
interface Victim {
  readonly host: number;
  readonly name: string;
  readonly group: string;
  /** Share of its failures that are clean. */
  readonly clean: number;
  cleanDraws: Random | null;
}

/** How long, and how often, a fault waits for an element to be busy, seconds; as the lab's injector does. */
const busyWait = { atMost: 10, step: 0.02 };

type FailuresByTime = Extract<ScheduledFault, { when: 'mtbf' }>;

/** Up-times, one after the other: of hosts, or of a group of which one host is hit at a time. */
interface Clocks {
  readonly schedule: FailuresByTime;
  readonly streams: Streams;
  /** Handle of each one's next event; numbers only, so that a large run touches little memory for a failure. */
  readonly armed: Int32Array;
  /** The clock of each host that has one of its own, by its place in the plan; null where the only one is a group's. */
  readonly ofHosts: Int32Array | null;
  /** The host of each clock of a host. */
  readonly hosts: readonly number[];
  /** What happens when an up-time is over. */
  readonly ring: (clock: number) => void;
}

/** No handle: the clock is not running. No clock: the host has none of its own. */
const none = -1;

export class FaultDriver {
  readonly strikes: Strike[] = [];
  readonly #victims: readonly Victim[];
  /** Faults that last, by host: they decide which others may join them. */
  readonly #lasting = new Map<number, Set<Strike>>();
  readonly #clocks: Clocks[] = [];
  #last = 0;

  /** `from` and `to`: begin and end of the measurement, after which no fault strikes any more. */
  constructor(
    readonly plan: Plan,
    readonly random: Random,
    readonly queue: EventQueue,
    readonly victims: Victims,
    readonly window: { readonly from: number; readonly to: number },
    readonly options: { readonly keep: boolean; readonly journal: FaultJournal | undefined },
  ) {
    this.#victims = plan.hosts.map(({ name, group, role }, host) => ({
      host,
      name,
      group,
      clean: role.kind === 'poolElement' ? role.cleanShutdownProbability : 0,
      cleanDraws: null,
    }));
    if (options.journal) this.#replay(options.journal);
    else for (const [index, schedule] of plan.faults.entries()) this.#plan(schedule, index);
  }

  /** A host is ready, for the first time or again: its own clocks start anew. */
  ready(host: number): void {
    for (const clocks of this.#clocks) {
      const clock = clocks.ofHosts?.[host] ?? none;
      if (clock !== none) this.#arm(clocks, clock);
    }
  }

  /** A host died: nothing that its clocks had in store happens any more. */
  #stop(host: number): void {
    for (const { ofHosts, armed } of this.#clocks) {
      const clock = ofHosts?.[host] ?? none;
      if (clock === none || armed[clock] === none) continue;
      this.queue.revoke(armed[clock]!);
      armed[clock] = none;
    }
  }

  #plan(schedule: ScheduledFault, index: number): void {
    if (schedule.when !== 'mtbf') {
      const random = this.random.fork('faults', index);
      const count = countOf(schedule, this.window.to - this.window.from);
      // One after the other, each with the rank that it would have in a list of all: there may be very many.
      const rank = this.queue.reserveRanks(count);
      const strike = (n: number) => {
        prepare(n + 1);
        this.#strikeAll(schedule, random, null);
      };
      const prepare = (n: number) => {
        if (n < count) this.queue.call(this.window.from + timeOf(schedule, n), strike, n, rank + n);
      };
      prepare(0);
      return;
    }
    const { target } = schedule.fault;
    if (target.select === 'one' || target.select === 'busy') {
      this.#arm(this.#makeClocks(schedule, this.random.forkEach([['faults', index]]), null), 0);
      return;
    }
    const hosts = this.#victimsOf(schedule);
    const names = hosts.map(({ name }) => ['faults', index, name]);
    this.#makeClocks(
      schedule,
      this.random.forkEach(names),
      hosts.map(({ host }) => host),
    );
  }

  #makeClocks(schedule: FailuresByTime, streams: Streams, hosts: readonly number[] | null): Clocks {
    const armed = new Int32Array(hosts?.length ?? 1).fill(none);
    const ofHosts = hosts && new Int32Array(this.#victims.length).fill(none);
    for (const [clock, host] of hosts?.entries() ?? []) ofHosts![host] = clock;
    const ring = (clock: number) => this.#ring(clocks, clock);
    const clocks: Clocks = { schedule, streams, armed, ofHosts, hosts: hosts ?? [], ring };
    this.#clocks.push(clocks);
    return clocks;
  }

  #arm({ schedule, streams, armed, ring }: Clocks, clock: number): void {
    if (armed[clock] !== none) this.queue.revoke(armed[clock]!);
    const time = this.queue.now + nextUpTime(schedule, streams.of(clock));
    armed[clock] = time > this.window.to ? none : this.queue.call(time, ring, clock);
  }

  #ring(clocks: Clocks, clock: number): void {
    const { schedule, streams, armed, ofHosts, hosts } = clocks;
    armed[clock] = none;
    if (!ofHosts) this.#strikeAll(schedule, streams.of(clock), clocks);
    else if (this.#mayStrike(hosts[clock]!, schedule.fault))
      this.#strike(schedule, this.#victims[hosts[clock]!]!, clocks);
    else this.#arm(clocks, clock);
  }

  /** `rung`: those of which one rang, which is armed again once the fault is healed. */
  #strikeAll(schedule: ScheduledFault, random: Draws, rung: Clocks | null, waited = 0): void {
    const up = this.#victimsOf(schedule).filter(({ host }) => this.#mayStrike(host, schedule.fault));
    const { kind, target } = schedule.fault;
    // A partition with a hole in it would be none.
    if (kind === 'partition' && up.length < this.#victimsOf(schedule).length) return;
    const { select } = target;
    if (select === 'all' || select === 'named') {
      for (const victim of up) this.#strike(schedule, victim, rung);
      return;
    }
    const candidates = select === 'busy' ? up.filter(({ host }) => this.victims.isBusy(host)) : up;
    if (candidates.length > 0) {
      this.#strike(schedule, candidates[random.below(candidates.length)]!, rung);
    } else if (select === 'busy' && waited < busyWait.atMost && this.queue.now < this.window.to) {
      const again = () => this.#strikeAll(schedule, random, rung, waited + busyWait.step);
      this.queue.call(this.queue.now + busyWait.step, again);
    } else if (rung) this.#arm(rung, 0);
  }

  #strike({ fault, lasting }: ScheduledFault, victim: Victim, rung: Clocks | null): void {
    const kind = fault.kind === 'failure' ? this.#drawFailure(victim) : fault.kind;
    const healAt = lasting === null ? null : this.queue.now + lasting;
    this.#inject(kind, victim, fault, healAt, rung);
  }

  #inject(kind: Strike['kind'], victim: Victim, how: How, healAt: number | null, rung: Clocks | null): void {
    const strike: Strike = {
      id: ++this.#last,
      kind,
      host: victim.name,
      ...howOf(how),
      injectedAt: this.queue.now,
      healedAt: null,
    };
    if (this.options.keep) this.strikes.push(strike);
    if (isDeath(kind)) this.#stop(victim.host);
    const earliest = this.victims.inject(strike, victim.host);
    const at = healAt === null ? null : Math.max(healAt, earliest);
    // Reappearing in the instant of disappearing is no event of its own: nothing may come in between. A shutdown is not
    // over in an instant: even without network delay its deregistration is read before the return is announced.
    if (at !== null && at <= this.queue.now && kind !== 'shutdown') {
      this.#heal(strike, victim, rung);
      return;
    }
    const { host } = victim;
    this.#lasting.set(host, (this.#lasting.get(host) ?? new Set()).add(strike));
    if (at !== null) this.queue.call(at, () => this.#heal(strike, victim, rung));
  }

  #heal(strike: Strike, { host }: Victim, rung: Clocks | null): void {
    strike.healedAt = this.queue.now;
    this.#lasting.get(host)?.delete(strike);
    this.victims.heal(strike, host);
    // A host's own clock waits for the host to be ready again, which a dead one is only after its return.
    if (rung && !rung.ofHosts) this.#arm(rung, 0);
    else if (rung && !isDeath(strike.kind)) this.#arm(rung, rung.ofHosts![host]!);
  }

  #mayStrike(host: number, fault: Hit): boolean {
    const lasting = this.#lasting.get(host);
    return (!lasting || mayJoin(fault, lasting)) && (!hitsProcess(fault.kind) || this.victims.isUp(host));
  }

  #drawFailure(victim: Victim): 'shutdown' | 'powerOff' {
    const { clean, name } = victim;
    if (clean === 0 || clean === 1) return clean === 1 ? 'shutdown' : 'powerOff';
    victim.cleanDraws ??= this.random.fork('clean shutdowns', name);
    return victim.cleanDraws.uniform() < clean ? 'shutdown' : 'powerOff';
  }

  #victimsOf({ fault: { target } }: ScheduledFault): Victim[] {
    if (target.select !== 'named') return this.#victims.filter(({ group }) => group === target.group);
    return this.#victims.filter(({ name }) => target.names.includes(name));
  }

  #replay({ measureAt, faults }: FaultJournal): void {
    const shift = this.window.from - measureAt;
    for (const { kind: recorded, host, network, injectedAt, healedAt } of faults) {
      const planned = plannedAs(this.plan.faults, recorded, host, injectedAt - measureAt);
      const how: How = { ...(planned ? howOf(planned) : unplanned), network };
      const victim = this.#victims.find(({ name }) => name === host)!;
      this.queue.call(Math.max(0, injectedAt + shift), () => {
        const kind = recorded === 'failure' ? this.#drawFailure(victim) : (recorded as Strike['kind']);
        const healAt = healedAt === null ? null : healedAt + shift;
        if (this.#mayStrike(victim.host, { kind, network })) this.#inject(kind, victim, how, healAt, null);
      });
    }
  }
}
