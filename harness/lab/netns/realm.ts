import type { Plan, PlannedHost } from '../../experiment/plan.js';
import { type BatchTool, runBatch } from '../batch.js';
import { CpuLimit } from '../cpu-limit.js';
import type { LabProcess, StartOptions } from '../lab.js';
import type { LegNames } from '../leg.js';
import { startProcess } from '../process.js';
import { tuneSctp } from '../sctp.js';
import { prefixesOf, readdressBatch } from '../switch.js';
import type { Realm } from '../switched-host.js';
import { namespaceOf, namespacePath } from './names.js';
import { hostBatch } from './wiring.js';

export interface NamespaceOptions {
  readonly plan: Plan;
  readonly host: PlannedHost;
  readonly session: string;
  readonly environment: Record<string, string>;
  readonly names: (host: string, network: string) => LegNames;
  readonly spares: (host: PlannedHost) => string[];
  /** Makes and removes them. */
  readonly namespaces: BatchTool;
}

/** A host that is a network namespace. */
export class NamespaceRealm implements Realm {
  pid: number | undefined;
  readonly #alive = new Set<number>();
  readonly #cpu: CpuLimit;
  #namespace: string;
  #boots = 1;

  constructor(private readonly options: NamespaceOptions) {
    const { session, host } = options;
    this.#cpu = new CpuLimit(session, host.name, () => this.#alive);
    this.#namespace = namespaceOf(session, host.name);
  }

  async start(command: readonly string[], options: StartOptions): Promise<LabProcess> {
    // nsenter replaces itself by the command, so the process id is the component's own.
    const process = await startProcess([...this.#enter(), ...command], options, this.options.environment);
    const { pid } = process;
    this.pid = pid;
    this.#alive.add(pid);
    const gone = () => this.#alive.delete(pid);
    process.ended.then(gone, gone);
    this.#cpu.adopt(pid);
    return process;
  }

  legNames(network: string): LegNames {
    return this.options.names(this.options.host.name, network);
  }

  async readdress(): Promise<string[]> {
    const { plan, host, spares } = this.options;
    const fresh = spares(host);
    const prefixes = prefixesOf(plan);
    const legs = host.legs.map(({ network }) => ({ device: network, prefix: prefixes[network]! }));
    await this.#ip(['-n', this.#namespace], readdressBatch(legs, fresh));
    return fresh;
  }

  async starve(share: number | null): Promise<string> {
    return this.#cpu.set(share);
  }

  /** Moves its legs into a fresh namespace; the old one goes when its last association has given up. */
  async reboot(addresses: readonly string[]): Promise<void> {
    const { plan, host, session, environment, namespaces } = this.options;
    const [old, fresh] = [this.#namespace, `${namespaceOf(session, host.name)}.${++this.#boots}`];
    const legs = host.legs.map(({ network }, at) => ({ network, address: addresses[at]! }));
    await namespaces.run([['netns', 'add', fresh]]);
    await this.#ip(
      ['-n', old],
      legs.map(({ network }) => ['link', 'set', 'dev', network, 'netns', fresh]),
    );
    await this.#ip(['-n', fresh], hostBatch(plan, { ...host, legs }, prefixesOf(plan)));
    await namespaces.run([['netns', 'delete', old]]);
    this.#namespace = fresh;
    await tuneSctp({ ...plan, hosts: [host] }, () => this.#enter(), environment);
  }

  #enter(): string[] {
    return ['nsenter', `--net=${namespacePath(this.#namespace)}`, '--'];
  }

  #ip(argv: readonly string[], batch: string[][]) {
    return runBatch(['ip', ...argv], batch, this.options.environment);
  }
}
