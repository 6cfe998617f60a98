/**
 * Hosts as containers of a Docker Engine on this machine, networks as bridges of that engine. The engine makes them;
 * then the lab wires them from outside, as it does with network namespaces, so that links, queues and captures are the
 * same. Needs root, SCTP and netem.
 */
import { release } from 'node:os';
import type Docker from 'dockerode';
import { execa } from 'execa';
import { labBroken, messageOf } from '../../base/errors.js';
import { Scope } from '../../base/scope.js';
import { toolEnvironment } from '../../base/tools.js';
import type { Plan, PlannedHost } from '../../experiment/plan.js';
import { faultKinds } from '../../fault/fault.js';
import { BatchTool, runBatch } from '../batch.js';
import { startCapture } from '../capture.js';
import { cpuPeriod } from '../cpu-limit.js';
import type { Lab, LabContext, OpenLab } from '../lab.js';
import { startProcess } from '../process.js';
import { tuneSctp } from '../sctp.js';
import {
  allLegs,
  legNames,
  lossyDevices,
  prefixesOf,
  readdressBatch,
  setQueues,
  spareAddresses,
  unaskedDrops,
} from '../switch.js';
import { type Realm, type Switch, SwitchedHost } from '../switched-host.js';
import { Container } from './container.js';
import { connect, removeSession } from './engine.js';
import { findImage } from './image.js';
import { networkName, stageName } from './names.js';
import { containerRequest, endpoint, networkRequests } from './requests.js';
import { removeStages } from './stages.js';
import {
  bridgeBatch,
  type InnerLeg,
  innerBatch,
  innerLegs,
  type LinkState,
  outerBatch,
  outerDevices,
} from './wiring.js';

export const dockerLab: Lab = {
  name: 'docker',
  faults: faultKinds,
  open: async (plan, context) => openOn(await connect(), plan, context),
};

/** @param remove what is to become of the session's containers and networks when the lab is closed */
export async function openOn(
  docker: Docker,
  plan: Plan,
  context: LabContext,
  remove: () => unknown = () => removeSession(context.session, docker),
): Promise<OpenLab> {
  const scope = new Scope();
  scope.defer('containers and networks', remove);
  try {
    return await open(docker, plan, context, scope);
  } catch (error) {
    await scope.close();
    throw error;
  }
}

async function open(docker: Docker, plan: Plan, context: LabContext, scope: Scope): Promise<OpenLab> {
  const { session } = context;
  const environment = toolEnvironment();
  const containers = await makeContainers(docker, plan, context);
  const links = new BatchTool(['ip'], ['link', 'show', 'lo'], environment);
  const queues = new BatchTool(['tc', '-s'], ['qdisc', 'show'], environment);
  scope.defer('ip', () => links.close());
  scope.defer('stages', () => removeStages(session, environment));
  scope.defer('tc', () => queues.close());

  const inside = await wireInside(plan, containers, environment);
  const bridges = networkRequests(plan, session).map(({ Options }) => Options!['com.docker.network.bridge.name']!);
  const seen = (await links.run(bridgeBatch(bridges), ['link', 'show'])) as LinkState[];
  const outer = outerDevices(inside, seen);
  const legDevice = (host: string, network: string) => outer.get(`${host} ${network}`)!;
  await links.run(outerBatch([...outer.values()]));
  const inHost = ({ name }: PlannedHost) => withinNetwork(containers.get(name)!, '--');
  const notes = await tuneSctp(plan, inHost, environment);
  await setQueues(plan, legDevice, queues);
  const capture = await startCapture(bridges, context, (command, options) =>
    startProcess(command, options, environment),
  );
  let stopping: ReturnType<typeof capture.stop> | undefined;
  const stopCapture = () => (stopping ??= capture.stop());
  scope.defer('capture', stopCapture);

  const network: Switch = {
    ip: links,
    tc: queues,
    pid: process.pid,
    impairmentOf: (name) => plan.topology.networks[name]!.impairment,
    lossy: lossyDevices(plan, legDevice),
    queued: allLegs(plan, legDevice),
  };
  const names = legNames(plan, legDevice, (index) => stageName(session, index));
  const spares = spareAddresses(plan);
  const hosts = plan.hosts.map((host): [string, SwitchedHost] => {
    const container = containers.get(host.name)!;
    const realm: Realm = {
      pid: container.pid,
      start: (command, options) =>
        options.ofMachine
          ? startProcess([...withinNetwork(container), ...command], options, environment)
          : container.run(command, options),
      legNames: (name) => names(host.name, name),
      starve: (share) => starve(docker, container, share),
      readdress: async () => {
        const fresh = spares(host);
        await runBatch(withinNetwork(container, 'ip'), readdressBatch(inside.get(host.name)!, fresh), environment);
        return fresh;
      },
    };
    return [host.name, new SwitchedHost(host, network, realm)];
  });
  return {
    name: 'docker',
    kernel: release(),
    hosts: new Map(hosts),
    notes,
    stopCapture,
    troubles: () => unaskedDrops(network.queued, network.lossy, queues),
    close: () => scope.close(),
  };
}

/** One after the other: an engine is no faster with several at once. */
async function makeContainers(docker: Docker, plan: Plan, context: LabContext): Promise<Map<string, Container>> {
  const { session, folder, programs, signal } = context;
  const image = await findImage(docker);
  if (!image) throw labBroken('The Docker Engine has no image for hosts; `rsplab image build` makes it');
  for (const request of networkRequests(plan, session)) {
    signal.throwIfAborted();
    await asked(`network ${request.Name}`, docker.createNetwork(request));
  }
  const containers = new Map<string, Container>();
  for (const host of plan.hosts) {
    signal.throwIfAborted();
    const request = containerRequest(host, session, image, { folder, programs });
    const container = await asked(`container ${request.name}`, docker.createContainer(request));
    for (const { network, address } of host.legs.slice(1)) {
      const leg = { Container: container.id, EndpointConfig: endpoint(address) };
      await asked(`network ${network}`, docker.getNetwork(networkName(session, network)).connect(leg));
    }
    containers.set(host.name, await asked(`container ${request.name}`, Container.start(host.name, container)));
  }
  return containers;
}

async function starve(docker: Docker, { name, id }: Container, share: number | null): Promise<string> {
  const container = docker.getContainer(id);
  const quota = share === null ? -1 : Math.round(share * cpuPeriod);
  await asked(`a share of the CPU for ${name}`, container.update({ CpuPeriod: cpuPeriod, CpuQuota: quota }));
  const { HostConfig } = await container.inspect();
  if (HostConfig.CpuQuota !== quota) throw labBroken(`${name} has a CPU quota of ${HostConfig.CpuQuota}, not ${quota}`);
  return share === null ? '' : `the container of ${name} has a CPU quota of ${quota} in ${cpuPeriod} µs`;
}

const asked = <T>(what: string, answer: Promise<T>): Promise<T> =>
  answer.catch((error) => {
    throw labBroken(`The Docker Engine refused ${what}: ${messageOf(error)}`, error);
  });

/** Inside each container: finds out which device is which leg, and does to them what the engine does not. */
async function wireInside(
  plan: Plan,
  containers: ReadonlyMap<string, Container>,
  environment: Record<string, string>,
): Promise<Map<string, InnerLeg[]>> {
  const prefixes = prefixesOf(plan);
  const found = new Map<string, InnerLeg[]>();
  for (const host of plan.hosts) {
    const container = containers.get(host.name)!;
    const [file, ...options] = withinNetwork(container, 'ip');
    const { stdout } = await execa(file!, [...options, '-json', 'address', 'show'], { env: environment });
    const legs = innerLegs(host, prefixes, JSON.parse(stdout));
    await runBatch([file!, ...options], innerBatch(plan, host, legs), environment);
    found.set(host.name, legs);
  }
  return found;
}

const withinNetwork = ({ pid }: Container, ...command: string[]): string[] => [
  ...['nsenter', `--net=/proc/${pid}/ns/net`, '--'],
  ...command,
];
