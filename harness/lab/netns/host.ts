import { labBroken } from '../../base/errors.js';
import type { PlannedHost } from '../../experiment/plan.js';
import type { Impairment } from '../../topology/impairment.js';
import type { BatchTool } from '../batch.js';
import { type Association, associationsOf, packetsReceived } from '../kernel.js';
import type { LabHost, LabProcess, StartOptions } from '../lab.js';
import { type NetemOptions, netemDifferences } from '../netem.js';
import { startProcess } from '../process.js';
import { legDevice, namespacePath } from './names.js';
import { netemCommand } from './wiring.js';

/** What the hosts of a lab share: the tools that act in the switch, and how to act inside a host. */
export interface Switch {
  readonly ip: BatchTool;
  readonly tc: BatchTool;
  /** A process that lives in the switch, for its counters. */
  readonly pid: number;
  readonly environment: Record<string, string>;
  readonly impairmentOf: (network: string) => Impairment;
  /** Devices that were ever asked to lose packets: their drops are no accident. */
  readonly lossy: Set<string>;
  /** Takes fresh addresses for these networks and makes them the host's. */
  readonly readdress: (host: PlannedHost) => Promise<string[]>;
}

interface LinkState {
  ifname: string;
  flags: string[];
}

export class NetnsHost implements LabHost {
  #addresses: readonly string[];
  /** Of a process that lives here, or did. */
  #pid: number | undefined;

  constructor(
    private readonly planned: PlannedHost,
    private readonly namespace: string,
    private readonly network: Switch,
  ) {
    this.#addresses = planned.legs.map(({ address }) => address);
  }

  get name(): string {
    return this.planned.name;
  }

  get addresses(): readonly string[] {
    return this.#addresses;
  }

  async start(command: readonly string[], options: StartOptions): Promise<LabProcess> {
    // nsenter replaces itself by the command, so the process id is the component's own.
    const entered = ['nsenter', `--net=${namespacePath(this.namespace)}`, '--', ...command];
    const process = await startProcess(entered, options, this.network.environment);
    this.#pid = process.pid;
    return process;
  }

  async associations(): Promise<Association[]> {
    return this.#pid === undefined ? [] : associationsOf(this.#pid);
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
    this.#addresses = await this.network.readdress(this.planned);
  }

  async #setQueues(only: string | null, extra: Impairment): Promise<void> {
    for (const network of this.#networks(only)) {
      const device = legDevice(this.name, network);
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
    return this.#networks(only).map((network) => legDevice(this.name, network));
  }
}

export interface QdiscState {
  kind: string;
  dev: string;
  options: NetemOptions;
  drops?: number;
}

/** @throws HarnessError `lab-broken` when the device's netem is not what was asked for */
export function expectNetem(device: string, asked: Impairment, states: readonly QdiscState[]): void {
  const state = states.find(({ kind, dev }) => kind === 'netem' && dev === device);
  if (!state) throw labBroken(`${device} has no netem, although it was set`);
  const differences = netemDifferences(asked, state.options);
  if (differences.length > 0) throw labBroken(`netem on ${device} is not as asked: ${differences.join('; ')}`);
}
