/**
 * A host whose legs end in bridges that we can reach: all that happens to its links happens on the bridge's end, so it
 * is the same whatever the host itself is made of.
 */
import { labBroken } from '../base/errors.js';
import type { PlannedHost } from '../experiment/plan.js';
import type { Impairment } from '../topology/impairment.js';
import type { BatchTool } from './batch.js';
import { type Condition, cpuShare, legState } from './conditions.js';
import { type Association, associationsOf, packetsReceived } from './kernel.js';
import type { LabHost, LabProcess, StartOptions } from './lab.js';
import {
  dropsOf,
  type FilterState,
  type Fittings,
  filterDifferences,
  filtersOf,
  type LegNames,
  legCommands,
} from './leg.js';
import { expectNetem, type QdiscState } from './netem.js';
import { losesPackets } from './switch.js';

/** What the hosts of a lab share: the tools that act where the bridges are. */
export interface Switch {
  readonly ip: BatchTool;
  readonly tc: BatchTool;
  /** A process that lives where the bridges are, for their counters. */
  readonly pid: number;
  readonly impairmentOf: (network: string) => Impairment;
  /** Devices that were ever asked to lose packets: their drops are no accident. */
  readonly lossy: Set<string>;
  /** All devices that have a netem of ours. */
  readonly queued: Set<string>;
}

/** What only the lab can do, which made the host. */
export interface Realm {
  start(command: readonly string[], options: StartOptions): Promise<LabProcess>;
  /** A process that lives on the host, or did; undefined before the first. */
  readonly pid: number | undefined;
  legNames(network: string): LegNames;
  /** Takes fresh addresses and makes them the host's, one per leg. */
  readdress(): Promise<readonly string[]>;
  /** Leaves the host's processes this share of one CPU, or, with null, all there is. Returns what shows it. */
  starve(share: number | null): Promise<string>;
  /** Puts its legs, with these addresses, into a kernel state of its own that nothing has happened in yet. */
  reboot?(addresses: readonly string[]): Promise<void>;
}

interface LinkState {
  ifname: string;
  flags: string[];
}

export class SwitchedHost implements LabHost {
  #addresses: readonly string[];
  readonly #conditions = new Map<string, Condition>();
  /** What was counted when each condition began. */
  readonly #counted = new Map<string, Counts>();
  readonly #legs;
  #share: number | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly planned: PlannedHost,
    private readonly network: Switch,
    private readonly realm: Realm,
  ) {
    this.#addresses = planned.legs.map(({ address }) => address);
    this.#legs = planned.legs.map(({ network: name }) => {
      const [own, fittings]: [Impairment, Fittings] = [network.impairmentOf(name), { hooks: false, stage: false }];
      return { network: name, own, fittings, names: realm.legNames(name), state: legState(name, own, []) };
    });
  }

  get name(): string {
    return this.planned.name;
  }

  get addresses(): readonly string[] {
    return this.#addresses;
  }

  start(command: readonly string[], options: StartOptions): Promise<LabProcess> {
    return this.realm.start(command, options);
  }

  async associations(): Promise<Association[]> {
    const { pid } = this.realm;
    return pid === undefined ? [] : associationsOf(pid);
  }

  impose(name: string, condition: Condition): Promise<string> {
    return this.#inTurn(async () => {
      this.#conditions.set(name, condition);
      const shown = (await this.#reconcile()) ?? this.#describe(condition);
      this.#counted.set(name, await this.#counts(condition));
      return shown;
    });
  }

  lift(name: string): Promise<string> {
    return this.#inTurn(async () => {
      const condition = this.#conditions.get(name);
      if (!condition) throw labBroken(`${this.name} is under no condition '${name}'`);
      const counted = since(this.#counted.get(name) ?? new Map(), await this.#counts(condition));
      this.#conditions.delete(name);
      this.#counted.delete(name);
      const restored = await this.#reconcile();
      return [counted, restored].filter(Boolean).join('; ');
    });
  }

  async packetsSent(): Promise<number> {
    const counters = await packetsReceived(this.network.pid);
    return this.#legs.reduce((sum, { names }) => sum + (counters.get(names.device) ?? 0), 0);
  }

  async readdress(): Promise<void> {
    this.#addresses = await this.realm.readdress();
  }

  async reboot(): Promise<void> {
    await this.realm.reboot?.(this.#addresses);
  }

  /** Conditions come and go one at a time, or one would undo what another is about to do. */
  #inTurn(work: () => Promise<string>): Promise<string> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Makes of the host what its conditions ask for. @returns what shows that its CPU is as asked, if that changed */
  async #reconcile(): Promise<string | null> {
    const { ip, tc } = this.network;
    const conditions = [...this.#conditions.values()];
    const changes = this.#legs.map((leg) => {
      const after = legState(leg.network, leg.own, conditions);
      return { leg, after, commands: legCommands(leg.state, after, leg.names, leg.fittings) };
    });
    const first = changes.flatMap(({ commands }) => commands.first);
    if (first.length > 0) await ip.run(first);
    const queues = changes.flatMap(({ commands }) => commands.queues);
    // Drops count from here on, also while the commands are under way.
    for (const { leg, after } of changes) this.#expectLosses(leg.names, after.inward, after.outward);
    if (queues.length > 0) await tc.run(queues);
    const last = changes.flatMap(({ commands }) => commands.last);
    if (last.length > 0) await ip.run(last);
    for (const { leg, after } of changes) {
      leg.state = after;
      if (filtersOf(after, leg.names).length > 0) leg.fittings.hooks = true;
      if (after.outward) leg.fittings.stage = true;
    }
    if (first.length + last.length > 0) await this.#expectLinks();
    if (queues.length + last.length > 0) await this.#expectQueues();
    const share = cpuShare(conditions);
    if (share === this.#share) return null;
    this.#share = share;
    return this.realm.starve(share);
  }

  #expectLosses({ device, stage }: LegNames, inward: Impairment, outward: Impairment | null): void {
    const { lossy, queued } = this.network;
    if (losesPackets(inward)) lossy.add(device);
    if (outward) queued.add(stage);
    if (outward && losesPackets(outward)) lossy.add(stage);
  }

  async #expectLinks(): Promise<void> {
    const links = (await this.network.ip.run([], ['link', 'show', 'up'])) as LinkState[];
    const isUp = new Set(links.map(({ ifname }) => ifname));
    const wrong = this.#legs.filter(({ names, state }) => isUp.has(names.device) !== state.up);
    if (wrong.length === 0) return;
    const found = wrong.map(({ names, state }) => `${names.device} is not ${state.up ? 'up' : 'down'}`);
    throw labBroken(`Links are not as asked: ${found.join(', ')}`);
  }

  async #expectQueues(): Promise<void> {
    // Not `show dev …`: a tc that was once asked about one device says nothing of others ever after.
    const queues = (await this.network.tc.run([], ['qdisc', 'show'])) as QdiscState[];
    for (const { names, state, fittings } of this.#legs) {
      expectNetem(names.device, state.inward, queues);
      if (state.outward) expectNetem(names.stage, state.outward, queues);
      if (!fittings.hooks) continue;
      for (const side of ['ingress', 'egress'] as const) {
        const got = await this.#filters(names.device, side);
        const difference = filterDifferences(filtersOf(state, names), side, got);
        if (difference) throw labBroken(`${names.device} is not as asked: ${difference}`);
      }
    }
  }

  async #filters(device: string, side: 'ingress' | 'egress'): Promise<FilterState[]> {
    return (await this.network.tc.run([], ['filter', 'show', 'dev', device, side])) as FilterState[];
  }

  #hitBy(condition: Exclude<Condition, { kind: 'starved' }>) {
    return this.#legs.filter(({ network }) => (condition.network ?? network) === network);
  }

  /** What was just read back, in words. */
  #describe(condition: Condition): string {
    if (condition.kind === 'starved') return `${this.name} has ${this.#share} of a CPU already`;
    const devices = this.#hitBy(condition).map(({ names }) => names.device);
    const where = devices.join(', ');
    switch (condition.kind) {
      case 'down':
        return `links ${where} down`;
      case 'closed':
        return `filters on ${where} drop all that ${condition.direction === 'in' ? 'comes' : 'goes'}`;
      case 'apart':
        return `filters on ${where} drop what comes from or goes to ${condition.from.join(', ')}`;
      case 'worse': {
        const { direction, impairment } = condition;
        const stages = direction === 'in' ? [] : this.#hitBy(condition).map(({ names }) => names.stage);
        const all = direction === 'out' ? stages : [...devices, ...stages];
        return `netem on ${all.join(', ')} as asked, direction ${direction}: ${JSON.stringify(impairment)}`;
      }
    }
  }

  /** What the kernel has counted so far where the condition works. */
  async #counts(condition: Condition): Promise<Counts> {
    const counts: Counts = new Map();
    if (condition.kind === 'closed' || condition.kind === 'apart') {
      for (const { names } of this.#hitBy(condition)) {
        let drops = 0;
        for (const side of ['ingress', 'egress'] as const) drops += dropsOf(await this.#filters(names.device, side));
        counts.set(names.device, { packets: null, drops });
      }
    }
    if (condition.kind === 'worse') {
      const devices = new Set(
        this.#hitBy(condition).flatMap(({ names: { device, stage } }) => [
          ...(condition.direction === 'out' ? [] : [device]),
          ...(condition.direction === 'in' ? [] : [stage]),
        ]),
      );
      const queues = (await this.network.tc.run([], ['qdisc', 'show'])) as QdiscState[];
      for (const { kind, dev, packets = 0, drops = 0 } of queues) {
        if (kind === 'netem' && devices.has(dev)) counts.set(dev, { packets, drops });
      }
    }
    return counts;
  }
}

/** By device; packets that got through, where that is counted, and those that did not. */
type Counts = Map<string, { packets: number | null; drops: number }>;

/** What happened since, for people. */
function since(before: Counts, now: Counts): string {
  return [...now]
    .map(([device, { packets, drops }]) => {
      const none = { packets: 0, drops: 0 };
      const earlier = before.get(device) ?? none;
      // Another condition of the same leg replaces its queue, which counts from nothing then.
      const isAnother = drops < earlier.drops || (packets ?? 0) < (earlier.packets ?? 0);
      const then = isAnother ? none : earlier;
      const through = packets === null ? '' : `let ${packets - (then.packets ?? 0)} packets through and `;
      return `${device} ${through}dropped ${drops - then.drops}${isAnother ? ' since its queue was replaced' : ''}`;
    })
    .join('; ');
}
