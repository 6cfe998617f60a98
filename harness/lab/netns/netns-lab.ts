/**
 * Hosts as network namespaces of the running kernel, joined by veth pairs and bridges. Needs root, SCTP and netem.
 */
import { release } from 'node:os';
import { execa } from 'execa';
import { Scope } from '../../base/scope.js';
import { toolEnvironment } from '../../base/tools.js';
import type { Plan, PlannedHost } from '../../experiment/plan.js';
import { BatchTool, runBatch } from '../batch.js';
import { startCapture } from '../capture.js';
import { type Lab, type LabContext, type LabProcess, labFaults, type OpenLab, type StartOptions } from '../lab.js';
import { killIfAlive, startProcess } from '../process.js';
import {
  allLegs,
  lossyDevices,
  prefixesOf,
  readdressBatch,
  setQueues,
  spareAddresses,
  unaskedDrops,
} from '../switch.js';
import { type Realm, type Switch, SwitchedHost } from '../switched-host.js';
import { legDevice, namespaceOf, namespacePath, switchOf } from './names.js';
import { hostBatch, namespaceBatch, switchBatch } from './wiring.js';

export const netnsLab: Lab = {
  name: 'netns',
  faults: labFaults,
  async open(plan, context) {
    const scope = new Scope();
    try {
      return await open(plan, context, scope);
    } catch (error) {
      await scope.close();
      throw error;
    }
  },
};

async function open(plan: Plan, context: LabContext, scope: Scope): Promise<OpenLab> {
  const { session, folder, clock } = context;
  const environment = toolEnvironment();
  const ip = (argv: readonly string[], batch: string[][]) => runBatch(['ip', ...argv], batch, environment);
  scope.defer('network namespaces', () => removeNamespaces(session, environment));
  await ip([], namespaceBatch(plan, session));
  const inSwitch = ['-n', switchOf(session)];
  const links = new BatchTool(['ip', ...inSwitch], ['link', 'show', 'lo'], environment);
  const queues = new BatchTool(['tc', '-s', ...inSwitch], ['qdisc', 'show'], environment);
  scope.defer('ip', () => links.close());
  scope.defer('tc', () => queues.close());
  await links.run(switchBatch(plan, session));
  const prefixes = prefixesOf(plan);
  for (const host of plan.hosts) await ip(['-n', namespaceOf(session, host.name)], hostBatch(plan, host, prefixes));
  await setQueues(plan, legDevice, queues);
  const capture = await startCapture(Object.keys(plan.topology.networks), folder, clock, (command, options) =>
    startProcess(['nsenter', `--net=${namespacePath(switchOf(session))}`, '--', ...command], options, environment),
  );
  let stopping: ReturnType<typeof capture.stop> | undefined;
  const stopCapture = () => (stopping ??= capture.stop());
  scope.defer('capture', stopCapture);

  const network: Switch = {
    ip: links,
    tc: queues,
    pid: capture.process.pid,
    impairmentOf: (name) => plan.topology.networks[name]!.impairment,
    lossy: lossyDevices(plan, legDevice),
  };
  const spares = spareAddresses(plan);
  const readdress = async (host: PlannedHost): Promise<string[]> => {
    const fresh = spares(host);
    const legs = host.legs.map(({ network }) => ({ device: network, prefix: prefixes[network]! }));
    await ip(['-n', namespaceOf(session, host.name)], readdressBatch(legs, fresh));
    return fresh;
  };
  const hosts = new Map(
    plan.hosts.map((host) => {
      const realm = new NamespaceRealm(host.name, namespaceOf(session, host.name), environment, () => readdress(host));
      return [host.name, new SwitchedHost(host, network, realm)];
    }),
  );
  return {
    name: 'netns',
    kernel: release(),
    hosts,
    stopCapture,
    troubles: () => unaskedDrops(allLegs(plan, legDevice), network.lossy, queues),
    close: () => scope.close(),
  };
}

/** A host that is a network namespace. */
class NamespaceRealm implements Realm {
  pid: number | undefined;

  constructor(
    private readonly host: string,
    private readonly namespace: string,
    private readonly environment: Record<string, string>,
    readonly readdress: () => Promise<string[]>,
  ) {}

  async start(command: readonly string[], options: StartOptions): Promise<LabProcess> {
    // nsenter replaces itself by the command, so the process id is the component's own.
    const entered = ['nsenter', `--net=${namespacePath(this.namespace)}`, '--', ...command];
    const process = await startProcess(entered, options, this.environment);
    this.pid = process.pid;
    return process;
  }

  legDevice(network: string): string {
    return legDevice(this.host, network);
  }
}

/**
 * Removes what a session made in this kernel: the processes in its namespaces, then the namespaces, which take their
 * links with them. Harmless when there is nothing.
 * @returns the namespaces that there were
 */
export async function removeNamespaces(session: string, environment = toolEnvironment()): Promise<string[]> {
  const ip = async (...args: string[]) => (await execa('ip', args, { env: environment })).stdout;
  const namespaces = (await ip('netns', 'list'))
    .split('\n')
    .map((line) => line.split(' ')[0]!)
    .filter((name) => name.startsWith(`rsplab-${session}-`));
  for (const namespace of namespaces) {
    const pids = (await ip('netns', 'pids', namespace)).split('\n').filter(Boolean).map(Number);
    for (const pid of pids) killIfAlive(pid);
  }
  await runBatch(
    ['ip'],
    namespaces.map((name) => ['netns', 'delete', name]),
    environment,
  );
  return namespaces;
}
