import type { HostWith } from '../experiment/plan.js';
import type { Registrar } from '../experiment/role.js';
import type { JournalEvent, PhaseName } from '../result/journal.js';
import type { FaultRecord } from './faults.js';
import type { Hole } from './holes.js';
import type { Packet } from './packet.js';

interface Network {
  lastAt: number;
  readonly gaps: { readonly from: number; readonly to: number }[];
  announcements: number;
  firstAnnouncedAt: number;
  lastAnnouncedAt: number;
}

/** Longer than this nobody is silent: a registrar announces itself about every second. */
export const silenceSeconds = 5;

/** At most so far apart announcements are, on the average of a network where their absence tells something. */
const announcedWithin = 2;

/**
 * Finds when a network was silent although a registrar in it, whom no fault struck, announced itself before or after.
 * Also when the capture begins after the pool, or ends before it, and when nothing at all is heard of a network in
 * which associations have paths.
 */
export class Silences {
  readonly #networks = new Map<string, Network>();
  readonly #registrars: readonly HostWith<Registrar>[];
  readonly #faults: readonly FaultRecord[];
  readonly #from: number;
  readonly #to: number | null;

  constructor(
    registrars: readonly HostWith<Registrar>[],
    journal: readonly JournalEvent[],
    faults: readonly FaultRecord[],
  ) {
    const at = (phase: PhaseName) => journal.find((event) => event.event === 'phase' && event.phase === phase)?.time;
    const started = journal.find(
      (event) => event.event === 'processStarted' && registrars.some(({ name }) => name === event.host),
    );
    this.#registrars = registrars;
    this.#faults = faults;
    this.#from = started?.time ?? at('deploy') ?? 0;
    this.#to = at('collect') ?? null;
  }

  packet({ network, sentAt, transport, from, chunks }: Packet): void {
    if (network === null) return;
    const heard = this.#network(network, sentAt);
    if (sentAt - heard.lastAt > silenceSeconds) heard.gaps.push({ from: heard.lastAt, to: sentAt });
    heard.lastAt = sentAt;
    if (transport !== 'udp' || !this.#registrars.some(({ name }) => name === from.host)) return;
    for (const chunk of chunks) {
      if (chunk.kind !== 'data' || chunk.message?.type !== 'serverAnnounce') continue;
      if (heard.announcements === 0) heard.firstAnnouncedAt = sentAt;
      heard.announcements += 1;
      heard.lastAnnouncedAt = sentAt;
    }
  }

  holes(): Hole[] {
    const networks = new Set(this.#registrars.flatMap(({ legs }) => legs.map(({ network }) => network)));
    return [...networks].flatMap((network): Hole[] => {
      const heard = this.#networks.get(network);
      // With packets on other networks only: nobody listened to this one.
      if (!heard) return this.#networks.size === 0 ? [] : [silence(network, this.#from, this.#to ?? this.#end())];
      const { lastAt, gaps } = heard;
      // A capture ends for all networks at once, however long one had nothing to say by then.
      const end = this.#end();
      const from = end - lastAt <= silenceSeconds ? end : lastAt;
      const ended = this.#to !== null && this.#to - from > silenceSeconds ? [{ from, to: this.#to }] : [];
      const all = [...gaps, ...ended];
      if (!announces(heard, gaps)) return [];
      return all.filter((gap) => this.#expected(network, gap)).map(({ from, to }) => silence(network, from, to));
    });
  }

  #network(name: string, at: number): Network {
    let network = this.#networks.get(name);
    if (!network) {
      const never = { announcements: 0, firstAnnouncedAt: at, lastAnnouncedAt: at };
      // The capture may begin before the pool does.
      network = { lastAt: Math.min(at, this.#from), gaps: [], ...never };
      this.#networks.set(name, network);
    }
    return network;
  }

  #end(): number {
    return Math.max(...[...this.#networks.values()].map(({ lastAt }) => lastAt));
  }

  /** Some registrar in this network had no reason to be silent. */
  #expected(network: string, gap: { from: number; to: number }): boolean {
    const struck = ({ host, network: cut, injectedAt, healedAt }: FaultRecord, name: string) =>
      (host === name || cut === network) &&
      injectedAt < gap.to &&
      (healedAt ?? Number.POSITIVE_INFINITY) + recoverySeconds > gap.from;
    return this.#registrars.some(
      ({ name, legs }) =>
        legs.some((leg) => leg.network === network) && !this.#faults.some((fault) => struck(fault, name)),
    );
  }
}

/** A registrar that was struck must be started again. */
const recoverySeconds = 10;

function announces({ announcements, firstAnnouncedAt, lastAnnouncedAt }: Network, gaps: Network['gaps']): boolean {
  const missed = gaps
    .filter(({ from, to }) => from >= firstAnnouncedAt && to <= lastAnnouncedAt + silenceSeconds)
    .reduce((sum, { from, to }) => sum + to - from, 0);
  return announcements >= 3 && (lastAnnouncedAt - firstAnnouncedAt - missed) / announcements <= announcedWithin;
}

const silence = (network: string, from: number, to: number): Hole => ({
  ...{ kind: 'silence', between: null, association: null, network, from, to, count: 0 },
});
