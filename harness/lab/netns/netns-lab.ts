/**
 * Hosts as network namespaces of the running kernel, joined by veth pairs and bridges. Needs root, SCTP and netem.
 */
import { release } from 'node:os';
import { execa } from 'execa';
import { labBroken, messageOf } from '../../base/errors.js';
import { Scope } from '../../base/scope.js';
import { toolEnvironment } from '../../base/tools.js';
import type { Plan, PlannedHost } from '../../experiment/plan.js';
import { faultKinds } from '../../fault/fault.js';
import { spareAddress, subnet } from '../../topology/address.js';
import { BatchTool } from '../batch.js';
import { startCapture } from '../capture.js';
import type { Lab, LabContext, OpenLab } from '../lab.js';
import { killIfAlive, startProcess } from '../process.js';
import { expectNetem, NetnsHost, type QdiscState, type Switch } from './host.js';
import { legDevice, namespaceOf, namespacePath, switchOf } from './names.js';
import { hostBatch, namespaceBatch, netemBatch, readdressBatch, switchBatch } from './wiring.js';

export const netnsLab: Lab = {
  name: 'netns',
  faults: faultKinds,
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
  const ip = (argv: readonly string[], batch: string[][]) => runBatch('ip', argv, batch, environment);
  scope.defer('network namespaces', () => removeNamespaces(session, environment));
  await ip([], namespaceBatch(plan, session));
  const inSwitch = ['-n', switchOf(session)];
  const links = new BatchTool(['ip', ...inSwitch], ['link', 'show', 'lo'], environment);
  const queues = new BatchTool(['tc', '-s', ...inSwitch], ['qdisc', 'show'], environment);
  scope.defer('ip', () => links.close());
  scope.defer('tc', () => queues.close());
  await links.run(switchBatch(plan, session));
  const prefixes = prefixesOf(plan);
  for (const host of plan.hosts) await ip(['-n', namespaceOf(session, host.name)], hostBatch(host, prefixes));
  await setQueues(plan, queues);
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
    environment,
    impairmentOf: (name) => plan.topology.networks[name]!.impairment,
    lossy: lossyDevices(plan),
    readdress: readdresser(plan, (host, fresh) =>
      ip(['-n', namespaceOf(session, host.name)], readdressBatch(host, fresh, prefixes)),
    ),
  };
  const hosts = new Map(
    plan.hosts.map((host) => [host.name, new NetnsHost(host, namespaceOf(session, host.name), network)]),
  );
  return {
    name: 'netns',
    kernel: release(),
    hosts,
    stopCapture,
    troubles: () => unaskedDrops(network.lossy, queues),
    close: () => scope.close(),
  };
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
    'ip',
    [],
    namespaces.map((name) => ['netns', 'delete', name]),
    environment,
  );
  return namespaces;
}

async function runBatch(
  tool: string,
  argv: readonly string[],
  batch: readonly (readonly string[])[],
  environment: Record<string, string>,
): Promise<void> {
  const input = batch.map((words) => `${words.join(' ')}\n`).join('');
  await execa(tool, [...argv, '-batch', '-'], { env: environment, input }).catch((error) => {
    const line = /Command failed -:(\d+)/.exec(messageOf(error))?.[1];
    const words = line ? batch[Number(line) - 1]?.join(' ') : '';
    throw labBroken(`${tool} ${argv.join(' ')} failed at '${words}': ${error.stderr ?? messageOf(error)}`, error);
  });
}

async function setQueues(plan: Plan, queues: BatchTool): Promise<void> {
  const states = (await queues.run(netemBatch(plan), ['qdisc', 'show'])) as QdiscState[];
  for (const { name, legs } of plan.hosts) {
    for (const { network } of legs) {
      const device = legDevice(name, network);
      expectNetem(device, plan.topology.networks[network]!.impairment, states);
    }
  }
}

const lossyDevices = (plan: Plan): Set<string> =>
  new Set(
    plan.hosts.flatMap(({ name, legs }) =>
      legs
        .filter(({ network }) => plan.topology.networks[network]!.impairment.lossPercent)
        .map(({ network }) => legDevice(name, network)),
    ),
  );

/** Packets that a queue threw away for lack of room, which nobody asked for. */
async function unaskedDrops(lossy: ReadonlySet<string>, queues: BatchTool): Promise<string[]> {
  const states = (await queues.run([], ['qdisc', 'show'])) as QdiscState[];
  return states
    .filter(({ kind, dev, drops }) => kind === 'netem' && !lossy.has(dev) && (drops ?? 0) > 0)
    .map(({ dev, drops }) => `the emulated network dropped ${drops} packets towards ${dev}, which nobody asked for`);
}

const prefixesOf = (plan: Plan): Record<string, number> =>
  Object.fromEntries(
    Object.entries(plan.topology.networks).map(([name, { cidr }]) => [name, subnet(name, cidr).prefixLength]),
  );

/** Hands out the spare addresses of each network in turn. */
function readdresser(plan: Plan, apply: (host: PlannedHost, fresh: readonly string[]) => Promise<void>) {
  const used = new Map<string, number>();
  return async (host: PlannedHost): Promise<string[]> => {
    const fresh = host.legs.map(({ network }) => {
      const index = (used.get(network) ?? 0) + 1;
      used.set(network, index);
      const inUse = plan.hosts.filter(({ legs }) => legs.some((leg) => leg.network === network)).length;
      return spareAddress(subnet(network, plan.topology.networks[network]!.cidr), inUse, index);
    });
    await apply(host, fresh);
    return fresh;
  };
}
