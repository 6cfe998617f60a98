/** What the engine is asked for. Pure, so that it can be read and tested without an engine. */
import type Docker from 'dockerode';
import { badInput } from '../../base/errors.js';
import type { Plan, PlannedHost } from '../../experiment/plan.js';
import { addressAt, capacity, subnet } from '../../topology/address.js';
import { hostsIn } from '../switch.js';
import { initCommand } from './init.js';
import { bridgeName, containerName, networkName, sessionLabel } from './names.js';

/** One network of the engine per network of the plan: a bridge that leads nowhere else. */
export function networkRequests(plan: Plan, session: string): Docker.NetworkCreateOptions[] {
  return Object.entries(plan.topology.networks).map(([name, { cidr }], index) => ({
    Name: networkName(session, name),
    Driver: 'bridge',
    Internal: true,
    EnableIPv6: false,
    IPAM: { Driver: 'default', Config: [{ Subnet: cidr, Gateway: gatewayOf(plan, name) }] },
    Options: {
      'com.docker.network.bridge.name': bridgeName(session, index),
      'com.docker.network.bridge.enable_ip_masquerade': 'false',
      'com.docker.network.bridge.enable_icc': 'true',
    },
    Labels: { [sessionLabel]: session },
  }));
}

/**
 * Docker wants an address for every bridge and would take the first one, which is a host's. It gets the one after the
 * hosts'; the lab takes it away again, but the engine goes on thinking of it as used.
 * @throws HarnessError `bad-input` when hosts fill the network
 */
export function gatewayOf(plan: Plan, network: string): string {
  const { cidr } = plan.topology.networks[network]!;
  const size = subnet(network, cidr);
  const hosts = hostsIn(plan, network);
  if (hosts >= capacity(size)) {
    const expected = 'one address more than hosts, which a Docker Engine needs for its bridge';
    throw badInput(`${plan.experiment}.${network}: expected ${expected}, got ${cidr} with ${hosts} hosts`);
  }
  return addressAt(size, hosts + 1);
}

/**
 * The container of a host, with its first leg. It may do less than an ordinary one: the lab wires it from outside.
 * @param folders of the run, and of given programs; seen at the same paths inside
 */
export function containerRequest(
  { name, legs }: PlannedHost,
  session: string,
  image: string,
  { folder, programs }: { readonly folder: string; readonly programs?: string | undefined },
): Docker.ContainerCreateOptions {
  const [first] = legs;
  return {
    name: containerName(session, name),
    Hostname: name,
    Image: image,
    Cmd: initCommand,
    WorkingDir: folder,
    Labels: { [sessionLabel]: session, 'io.rsplab.host': name },
    // Its main process ends when our end of its input does, whatever becomes of us.
    ...{ OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: false },
    HostConfig: {
      AutoRemove: true,
      Mounts: [bind(folder), ...(programs ? [{ ...bind(programs), ReadOnly: true }] : [])],
      CapDrop: ['ALL'],
      // Logs may belong to whoever started a lab kernel, not to its root.
      CapAdd: ['DAC_OVERRIDE'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      IpcMode: 'none',
      LogConfig: { Type: 'none', Config: {} },
      NetworkMode: networkName(session, first!.network),
    },
    NetworkingConfig: { EndpointsConfig: { [networkName(session, first!.network)]: endpoint(first!.address) } },
  };
}

const bind = (folder: string): Docker.MountSettings => ({ Type: 'bind', Source: folder, Target: folder });

/** A leg with a fixed address. */
export const endpoint = (address: string): Docker.EndpointSettings => ({ IPAMConfig: { IPv4Address: address } });
