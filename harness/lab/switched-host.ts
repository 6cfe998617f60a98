/**
 * A host whose legs end in bridges that we can reach: all that happens to its links happens on the bridge's end, so it
 * is the same whatever the host itself is made of.
 */
import { labBroken } from '../base/errors.js';
import type { PlannedHost } from '../experiment/plan.js';
import type { Impairment } from '../topology/impairment.js';
import type { BatchTool } from './batch.js';
import { type Association, associationsOf, packetsReceived } from './kernel.js';
import type { LabHost, LabProcess, StartOptions } from './lab.js';
import { expectNetem, netemCommand, type QdiscState } from './netem.js';

/** What the hosts of a lab share: the tools that act where the bridges are. */
export interface Switch {
  readonly ip: BatchTool;
  readonly tc: BatchTool;
  /** A process that lives where the bridges are, for their counters. */
  readonly pid: number;
  readonly impairmentOf: (network: string) => Impairment;
  /** Devices that were ever asked to lose packets: their drops are no accident. */
  readonly lossy: Set<string>;
}

/** What only the lab can do, which made the host. */
export interface Realm {
  start(command: readonly string[], options: StartOptions): Promise<LabProcess>;
  /** A process that lives on the host, or did; undefined before the first. */
  readonly pid: number | undefined;
  /** The bridge's end of the leg. */
  legDevice(network: string): string;
  /** Takes fresh addresses and makes them the host's, one per leg. */
  readdress(): Promise<readonly string[]>;
}

interface LinkState {
  ifname: string;
  flags: string[];
}

export class SwitchedHost implements LabHost {
  #addresses: readonly string[];

  constructor(
    private readonly planned: PlannedHost,
    private readonly network: Switch,
    private readonly realm: Realm,
  ) {
    this.#addresses = planned.legs.map(({ address }) => address);
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

  async setLinks(network: string | null, up: boolean): Promise<string> {
    const devices = this.#devices(network);
    const commands = devices.map((device) => ['link', 'set', device, up ? 'up' : 'down']);
    const links = (await this.network.ip.run(commands, ['link', 'show', 'up'])) as LinkState[];
    const isUp = new Set(links.map(({ ifname }) => ifname));
    const wrong = devices.filter((device) => isUp.has(device) !== up);
    if (wrong.length > 0) throw labBroken(`Links ${wrong.join(', ')} are not ${up ? 'up' : 'down'} as asked`);
    // A queue may not have outlived its link.
    if (up) await this.#setQueues(network, {});
    return `links ${devices.join(', ')} ${up ? 'up' : 'down'}`;
  }

  async impair(network: string | null, impairment: Impairment | null): Promise<string> {
    await this.#setQueues(network, impairment ?? {});
    return `netem on ${this.#devices(network).join(', ')} as asked: ${JSON.stringify(impairment ?? 'as the network')}`;
  }

  async packetsSent(): Promise<number> {
    const counters = await packetsReceived(this.network.pid);
    return this.#devices(null).reduce((sum, device) => sum + (counters.get(device) ?? 0), 0);
  }

  async readdress(): Promise<void> {
    this.#addresses = await this.realm.readdress();
  }

  async #setQueues(only: string | null, extra: Impairment): Promise<void> {
    for (const network of this.#networks(only)) {
      const device = this.realm.legDevice(network);
      const asked = { ...this.network.impairmentOf(network), ...extra };
      if (asked.lossPercent) this.network.lossy.add(device);
      // Not `show dev …`: a tc that was once asked about one device says nothing of others ever after.
      const answer = await this.network.tc.run([netemCommand(device, asked)], ['qdisc', 'show']);
      expectNetem(device, asked, answer as QdiscState[]);
    }
  }

  #networks(only: string | null): string[] {
    return this.planned.legs.map(({ network }) => network).filter((network) => only === null || network === only);
  }

  #devices(only: string | null): string[] {
    return this.#networks(only).map((network) => this.realm.legDevice(network));
  }
}
