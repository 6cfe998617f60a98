/**
 * Lets a plan's faults strike in a simulation, drawn or as a lab recorded them. What a fault does is the model's
 * business; when it strikes, whom, and when it is healed is decided here, alike for both models.
 */
import type { Random } from '../base/random.js';
import type { Plan } from '../experiment/plan.js';
import type { Direction, Fault, FaultKind } from '../fault/fault.js';
import { type Hit, hitsProcess, mayJoin } from '../fault/overlap.js';
import { nextUpTime, type ScheduledFault, timesOf } from '../fault/schedule.js';
import type { Impairment } from '../topology/impairment.js';
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

type How = Pick<Strike, 'network' | 'impairment' | 'direction' | 'reappear'>;

/** A host as faults see it. */
interface Victim {
  readonly host: number;
  readonly name: string;
  readonly group: string;
  /** Share of its failures that are clean. */
  readonly clean: number;
  /** Up-times of its own. */
  readonly clocks: Clock[];
  /** Faults that it has and that are not healed. */
  readonly active: Set<Strike>;
  cleanDraws: Random | null;
}

/** How long, and how often, a fault waits for an element to be busy, seconds; as the lab's injector does. */
const busyWait = { atMost: 10, step: 0.02 };

/** One up-time after the other: of one host, or of a group of which one host is hit at a time. */
interface Clock {
  readonly schedule: Extract<ScheduledFault, { when: 'mtbf' }>;
  readonly victim: Victim | null;
  readonly random: Random;
  armed: number | null;
  /** What happens when the up-time is over. */
  readonly ring: () => void;
}

export class FaultDriver {
  readonly strikes: Strike[] = [];
  readonly #victims: readonly Victim[];
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
      clocks: [],
      active: new Set<Strike>(),
      cleanDraws: null,
    }));
    if (options.journal) this.#replay(options.journal);
    else for (const [index, schedule] of plan.faults.entries()) this.#plan(schedule, index);
  }

  /** A host is ready, for the first time or again: its own clocks start anew. */
  ready(host: number): void {
    for (const clock of this.#victims[host]!.clocks) this.#arm(clock);
  }

  /** A host died: nothing that its clocks had in store happens any more. */
  #stop({ clocks }: Victim): void {
    for (const clock of clocks) {
      if (clock.armed !== null) this.queue.revoke(clock.armed);
      clock.armed = null;
    }
  }

  #plan(schedule: ScheduledFault, index: number): void {
    const random = this.random.fork('faults', index);
    if (schedule.when !== 'mtbf') {
      for (const time of timesOf(schedule, this.window.to - this.window.from)) {
        this.queue.call(this.window.from + time, () => this.#strikeAll(schedule, random, null));
      }
      return;
    }
    const { target } = schedule.fault;
    if (target.select === 'one' || target.select === 'busy') {
      this.#arm(this.#clock({ schedule, victim: null, random }));
      return;
    }
    for (const victim of this.#victimsOf(schedule)) {
      const own = this.random.fork('faults', index, victim.name);
      victim.clocks.push(this.#clock({ schedule, victim, random: own }));
    }
  }

  #clock(of: Pick<Clock, 'schedule' | 'victim' | 'random'>): Clock {
    const clock: Clock = { ...of, armed: null, ring: () => this.#ring(clock) };
    return clock;
  }

  #arm(clock: Clock): void {
    if (clock.armed !== null) this.queue.revoke(clock.armed);
    const time = this.queue.now + nextUpTime(clock.schedule, clock.random);
    clock.armed = time > this.window.to ? null : this.queue.call(time, clock.ring);
  }

  #ring(clock: Clock): void {
    clock.armed = null;
    const { schedule, victim, random } = clock;
    if (victim === null) this.#strikeAll(schedule, random, clock);
    else if (this.#mayStrike(victim, schedule.fault)) this.#strike(schedule, victim, clock);
    else this.#arm(clock);
  }

  /** `clock` is the one that rang, to be armed again once the fault is healed. */
  #strikeAll(schedule: ScheduledFault, random: Random, clock: Clock | null, waited = 0): void {
    const up = this.#victimsOf(schedule).filter((victim) => this.#mayStrike(victim, schedule.fault));
    const { select } = schedule.fault.target;
    if (select === 'all' || select === 'named') {
      for (const victim of up) this.#strike(schedule, victim, clock);
      return;
    }
    const candidates = select === 'busy' ? up.filter(({ host }) => this.victims.isBusy(host)) : up;
    if (candidates.length > 0) {
      this.#strike(schedule, candidates[random.below(candidates.length)]!, clock);
    } else if (select === 'busy' && waited < busyWait.atMost && this.queue.now < this.window.to) {
      const again = () => this.#strikeAll(schedule, random, clock, waited + busyWait.step);
      this.queue.call(this.queue.now + busyWait.step, again);
    } else if (clock) this.#arm(clock);
  }

  #strike({ fault, lasting }: ScheduledFault, victim: Victim, clock: Clock | null): void {
    const kind = fault.kind === 'failure' ? this.#drawFailure(victim) : fault.kind;
    const healAt = lasting === null ? null : this.queue.now + lasting;
    this.#inject(kind, victim, fault, healAt, clock);
  }

  #inject(kind: Strike['kind'], victim: Victim, how: How, healAt: number | null, clock: Clock | null): void {
    const strike: Strike = {
      id: ++this.#last,
      kind,
      host: victim.name,
      network: how.network,
      impairment: how.impairment,
      direction: how.direction,
      reappear: how.reappear,
      injectedAt: this.queue.now,
      healedAt: null,
    };
    if (this.options.keep) this.strikes.push(strike);
    victim.active.add(strike);
    if (isDeath(kind)) this.#stop(victim);
    const earliest = this.victims.inject(strike, victim.host);
    if (healAt === null) return;
    const at = Math.max(healAt, earliest);
    // Reappearing in the instant of disappearing is no event of its own: nothing may come in between. A shutdown is not
    // over in an instant: even without network delay its deregistration is read before the return is announced.
    if (at <= this.queue.now && kind !== 'shutdown') this.#heal(strike, victim, clock);
    else this.queue.call(at, () => this.#heal(strike, victim, clock));
  }

  #heal(strike: Strike, victim: Victim, clock: Clock | null): void {
    strike.healedAt = this.queue.now;
    victim.active.delete(strike);
    this.victims.heal(strike, victim.host);
    // A host's own clock waits for the host to be ready again, which a dead one is only after its return.
    if (clock && (clock.victim === null || !isDeath(strike.kind))) this.#arm(clock);
  }

  #mayStrike({ active, host }: Victim, fault: Hit): boolean {
    return mayJoin(fault, active) && (!hitsProcess(fault.kind) || this.victims.isUp(host));
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
      const how: How = {
        network,
        impairment: planned?.impairment ?? null,
        direction: planned?.direction ?? 'both',
        reappear: planned?.reappear ?? 'same-address',
      };
      const victim = this.#victims.find(({ name }) => name === host)!;
      this.queue.call(Math.max(0, injectedAt + shift), () => {
        const kind = recorded === 'failure' ? this.#drawFailure(victim) : (recorded as Strike['kind']);
        const healAt = healedAt === null ? null : healedAt + shift;
        if (this.#mayStrike(victim, { kind, network })) this.#inject(kind, victim, how, healAt, null);
      });
    }
  }
}

/**
 * What the plan says about a recorded fault: of those that may have become it, the one meant for this host, or for that
 * time, rather than others.
 */
function plannedAs(faults: readonly ScheduledFault[], kind: string, host: string, time: number): Fault | undefined {
  const fitting = faults.filter(({ fault }) => fault.kind === kind || isPlannedAs(fault.kind, kind));
  const farOff = (it: ScheduledFault) => (it.when === 'at' ? Math.abs(it.time - time) : Number.POSITIVE_INFINITY);
  const named = fitting.filter(({ fault: { target } }) => target.select === 'named' && target.names.includes(host));
  const candidates = named.length > 0 ? named : fitting;
  return candidates.reduce<ScheduledFault | undefined>(
    (best, each) => (best && farOff(best) <= farOff(each) ? best : each),
    undefined,
  )?.fault;
}

/** A lab records what a `failure` turned out to be. */
const isPlannedAs = (planned: FaultKind, recorded: string): boolean =>
  planned === 'failure' && (recorded === 'shutdown' || recorded === 'powerOff');
