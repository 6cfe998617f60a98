/**
 * Hosts as network namespaces of the running kernel, joined by veth pairs and bridges. Needs root, SCTP and netem.
 */
import { release } from 'node:os';
import { execa } from 'execa';
import { Scope } from '../../base/scope.js';
import { toolEnvironment } from '../../base/tools.js';
import type { Plan, PlannedHost } from '../../experiment/plan.js';
import { faultKinds } from '../../fault/fault.js';
import { BatchTool, runBatch } from '../batch.js';
import { startCapture } from '../capture.js';
import { removeGroups } from '../cpu-limit.js';
import type { Lab, LabContext, OpenLab } from '../lab.js';
import { killIfAlive, startProcess } from '../process.js';
import { tuneSctp } from '../sctp.js';
import { allLegs, legNames, lossyDevices, prefixesOf, setQueues, spareAddresses, unaskedDrops } from '../switch.js';
import { type Switch, SwitchedHost } from '../switched-host.js';
import { legDevice, namespaceOf, namespacePath, stageDevice, switchOf } from './names.js';
import { NamespaceRealm } from './realm.js';
import { hostBatch, namespaceBatch, switchBatch } from './wiring.js';

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
  const { session, virtualTime } = context;
  const environment = toolEnvironment();
  // A machine in virtual time goes as a whole, and finding what is in a namespace takes a process for each.
  if (!virtualTime) scope.defer('network namespaces', () => removeNamespaces(session, environment));
  const question = ['link', 'show', 'lo'];
  const namespaces = new BatchTool(['ip'], question, environment);
  scope.defer('ip', () => namespaces.close());
  await namespaces.run(namespaceBatch(plan, session));
  const inSwitch = ['-n', switchOf(session)];
  const links = new BatchTool(['ip', ...inSwitch], question, environment);
  const queues = new BatchTool(['tc', '-s', ...inSwitch], ['qdisc', 'show'], environment);
  scope.defer('ip in the switch', () => links.close());
  scope.defer('tc', () => queues.close());
  await links.run(switchBatch(plan, session));
  const prefixes = prefixesOf(plan);
  for (const host of plan.hosts) {
    await runBatch(['ip', '-n', namespaceOf(session, host.name)], hostBatch(plan, host, prefixes), environment);
  }
  const inHost = ({ name }: PlannedHost) => ['nsenter', `--net=${namespacePath(namespaceOf(session, name))}`, '--'];
  const notes = await tuneSctp(plan, inHost, environment);
  await setQueues(plan, legDevice, queues);
  const capture = await startCapture(Object.keys(plan.topology.networks), context, (command, options) =>
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
    queued: allLegs(plan, legDevice),
  };
  const names = legNames(plan, legDevice, stageDevice);
  const spares = spareAddresses(plan);
  const hosts = new Map(
    plan.hosts.map((host) => {
      const realm = new NamespaceRealm({ plan, host, session, environment, names, spares, namespaces });
      scope.defer(`CPU of ${host.name}`, () => realm.starve(null));
      return [host.name, new SwitchedHost(host, network, realm)];
    }),
  );
  return {
    name: 'netns',
    kernel: release(),
    hosts,
    notes,
    stopCapture,
    troubles: () => unaskedDrops(network.queued, network.lossy, queues),
    close: () => scope.close(),
  };
}

/**
 * Removes what a session made in this kernel: the processes in its namespaces, then the namespaces, which take their
 * links with them, and limits of CPUs. Harmless when there is nothing.
 * @returns the names of what there was
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
  return [...namespaces, ...removeGroups(session)];
}
