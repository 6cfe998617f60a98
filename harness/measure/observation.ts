import { hostsWith, type Plan } from '../experiment/plan.js';
import type { JournalEvent, PhaseName } from '../result/journal.js';
import type { EpochOf } from './epochs.js';
import { type FaultRecord, faultsOf, stopsWork } from './faults.js';
import { type Hole, HoleFinder } from './holes.js';
import { type Packet, readCookie } from './packet.js';
import { PathTracker } from './paths.js';
import { type RegistrarFiles, type RegistrarMeasurement, RegistrarObserver } from './registrars.js';
import type { Served } from './served.js';
import type { WireStatistics } from './statistics.js';
import { type Attempt, type Job, type Reaching, type UserEvents, UserTracker } from './users.js';
import { WireCounter } from './wire.js';
import { Workload } from './workload.js';

/** Everything that is worked out while a capture passes by, in one place: feed it packets in order of time. */
export class Observation {
  readonly #holes: HoleFinder;
  readonly #served: ReadonlyMap<string, Served>;
  readonly #wire: WireCounter;
  readonly #paths: PathTracker;
  readonly #registrars: RegistrarObserver;
  readonly #workload: Workload;
  readonly #trackers: Map<string, UserTracker>;
  readonly #faults: FaultRecord[];
  readonly #window: { from: number; to: number };
  readonly #elements: Set<string>;
  /** Hosts whose elements do not exist: users turn to them all the same, and give them up. */
  readonly #pretenders: Set<string>;
  readonly #happenings: { at: number; happen: () => void }[];

  /**
   * @param window the span that utilisation is asked for
   * @param served what users say they had completed, of those whose word is known
   */
  constructor(
    plan: Plan,
    journal: readonly JournalEvent[],
    window = measured(journal),
    served: ReadonlyMap<string, Served> = new Map(),
  ) {
    this.#served = served;
    const elements = hostsWith(plan, 'poolElement');
    this.#elements = new Set(elements.map(({ name }) => name));
    this.#pretenders = new Set(hostsWith(plan, 'attacker').map(({ name }) => name));
    this.#faults = faultsOf(journal);
    this.#window = window;
    this.#holes = new HoleFinder(plan, journal, this.#faults);
    this.#wire = new WireCounter(plan);
    this.#paths = new PathTracker(this.#faults);
    this.#registrars = new RegistrarObserver(plan);
    this.#workload = new Workload(
      elements.map(({ name, role }) => ({ host: name, capacity: role.capacity })),
      this.#window,
    );
    this.#trackers = new Map(hostsWith(plan, 'poolUser').map(({ name }) => [name, this.#tracker(name)]));
    this.#happenings = this.#collect(journal);
  }

  packet(packet: Packet): void {
    this.#until(packet.sentAt);
    this.#holes.packet(packet);
    this.#wire.packet(packet);
    this.#paths.packet(packet);
    this.#registrars.packet(packet);
    const { from, to } = packet;
    if (from.host !== null) this.#trackers.get(from.host)?.packet(packet);
    if (to.host !== null && to.host !== from.host) this.#trackers.get(to.host)?.packet(packet);
    if (from.host !== null && this.#elements.has(from.host)) this.#cookies(packet, from.host);
  }

  /** The capture is over. */
  finish(): void {
    this.#until(Number.POSITIVE_INFINITY);
    for (const tracker of this.#trackers.values()) tracker.finish();
  }

  jobsOf(user: string): readonly Job[] {
    return this.#trackers.get(user)?.jobs ?? [];
  }

  /** The registrar that a user was still trying to get an association with when the capture ended. */
  reachingOf(user: string): Reaching | null {
    return this.#trackers.get(user)?.reaching ?? null;
  }

  /** @param misplaced frames that came too late to be put in their place */
  holes(misplaced: Parameters<HoleFinder['holes']>[0]): Hole[] {
    return this.#holes.holes(misplaced);
  }

  progressOf(association: string): number | null {
    return this.#workload.progressOf(association);
  }

  statistics(): WireStatistics {
    return { ...this.#wire.statistics(this.#faults), paths: this.#paths.rows() };
  }

  keepAlives(): ReturnType<WireCounter['keepAlives']> {
    return this.#wire.keepAlives();
  }

  registrars(files: RegistrarFiles, epochOf: EpochOf, notes: string[]): Promise<RegistrarMeasurement> {
    return this.#registrars.measure(this.#faults, files, epochOf, notes);
  }

  /** Calculations per second: of the element that has most, and of all together. */
  capacities(): { readonly most: number; readonly all: number } {
    return this.#workload.capacities();
  }

  /** The span that utilisation is asked for. */
  get window(): { readonly from: number; readonly to: number } {
    return this.#window;
  }

  /** Calculations performed, and those that could have been, in the window. */
  utilisation(): { readonly done: number; readonly possible: number } {
    const { from, to } = this.#window;
    return this.#workload.utilisation((host) => {
      const down = this.#faults
        .filter((fault) => fault.host === host && stopsWork(fault))
        .map(({ injectedAt, healedAt }) => Math.max(0, Math.min(healedAt ?? to, to) - Math.max(injectedAt, from)));
      return Math.max(0, to - from - down.reduce((sum, each) => sum + each, 0));
    });
  }

  #tracker(user: string): UserTracker {
    const workload = this.#workload;
    const leave = (attempt: Attempt, at: number | null | undefined) => {
      if (attempt.element !== null && attempt.association !== null && at != null)
        workload.leave(attempt.element, attempt.association, at);
    };
    const events: UserEvents = {
      accepted({ element, association, accept, hello }, { size }) {
        if (element === null || association === null) return;
        const told = hello?.protocol === 'asap' ? readCookie(hello.cookie)?.completed : 0;
        const request = { size: size ?? Number.POSITIVE_INFINITY, progress: told ?? 0 };
        workload.accept(element, association, request, accept!.sentAt);
      },
      completed: (attempt, _, at) => leave(attempt, at),
      givenUp: (attempt) => leave(attempt, attempt.givenUpAt),
    };
    const isElement = (host: string) => this.#elements.has(host) || this.#pretenders.has(host);
    return new UserTracker(user, isElement, events, this.#served.get(user) ?? null);
  }

  #cookies({ chunks, sentAt }: Packet, element: string): void {
    for (const chunk of chunks) {
      if (chunk.kind !== 'data' || chunk.retransmission || chunk.message?.protocol !== 'asap') continue;
      const { type, cookie, association } = chunk.message;
      const progress = type === 'cookie' ? readCookie(cookie)?.completed : undefined;
      if (progress !== undefined && association !== null)
        this.#workload.observe(element, association, progress, sentAt);
    }
  }

  /** What happened beside the wire, in order of time. */
  #collect(journal: readonly JournalEvent[]): { at: number; happen: () => void }[] {
    // Users are ended on purpose once the run is over; what they were working on is open then, not lost.
    const over = journal.find(
      (event) => event.event === 'phase' && (event.phase === 'collect' || event.phase === 'end'),
    );
    const ends = journal.flatMap((event) => {
      const tracker = event.event === 'processEnded' ? this.#trackers.get(event.host) : undefined;
      if (!tracker || event.time >= (over?.time ?? Number.POSITIVE_INFINITY)) return [];
      return { at: event.time, happen: () => tracker.ended() };
    });
    const stops = this.#faults
      .filter(stopsWork)
      .map(({ host, injectedAt }) => ({ at: injectedAt, happen: () => this.#workload.stop(host, injectedAt) }));
    return [...ends, ...stops].sort((a, b) => a.at - b.at);
  }

  #until(time: number): void {
    while (this.#happenings.length > 0 && this.#happenings[0]!.at <= time) this.#happenings.shift()!.happen();
  }
}

/** From the start of the measurement to the end of the drain, or as far as the run came. */
function measured(journal: readonly JournalEvent[]): { from: number; to: number } {
  const at = (wanted: PhaseName) =>
    journal.find((event) => event.event === 'phase' && event.phase === wanted)?.time ?? null;
  return { from: at('measure') ?? 0, to: at('collect') ?? at('end') ?? journal.at(-1)?.time ?? 0 };
}
