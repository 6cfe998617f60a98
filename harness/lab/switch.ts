/**
 * What every lab does where its bridges are, whoever made them.
 *
 * Delay, loss and all else sit on the bridge's end of each leg, where packets leave the network for a host: the
 * sender's kernel never learns of a loss, one qdisc per leg is enough, and a capture on the bridge sees every packet
 * when it is sent, the lost ones too.
 */
import type { Plan, PlannedHost } from '../experiment/plan.js';
import { spareAddress, subnet } from '../topology/address.js';
import type { Impairment } from '../topology/impairment.js';
import type { BatchTool } from './batch.js';
import type { LegNames } from './leg.js';
import { expectNetem, netemCommands, type QdiscState } from './netem.js';

/** The bridge's end of a host's leg in a network. */
export type LegDevice = (host: string, network: string) => string;

/** A segmentation super-packet would be delayed, lost or counted as one: what follows `ip link set DEVICE`. */
export const wholePackets = ['gso_max_segs', '1'];

/** RSPLIB cannot hunt for registrars without a route for multicast. */
export const multicastRoute = '224.0.0.0/4';

/** Has every leg do what its network does by itself. */
export async function setQueues(plan: Plan, device: LegDevice, queues: BatchTool): Promise<void> {
  const states = (await queues.run(netemBatch(plan, device), ['qdisc', 'show'])) as QdiscState[];
  for (const { name, legs } of plan.hosts) {
    for (const { network } of legs) {
      expectNetem(device(name, network), plan.topology.networks[network]!.impairment, states);
    }
  }
}

export const netemBatch = (plan: Plan, device: LegDevice): string[][] =>
  plan.hosts.flatMap(({ name, legs }) =>
    legs.flatMap(({ network }) => netemCommands(device(name, network), plan.topology.networks[network]!.impairment)),
  );

/** Legs that lose packets because their network does. */
export const lossyDevices = (plan: Plan, device: LegDevice): Set<string> =>
  new Set(
    plan.hosts.flatMap(({ name, legs }) =>
      legs
        .filter(({ network }) => losesPackets(plan.topology.networks[network]!.impairment))
        .map(({ network }) => device(name, network)),
    ),
  );

export const losesPackets = ({ lossPercent, burstLoss }: Impairment): boolean => Boolean(lossPercent || burstLoss);

/**
 * What each host's legs are called.
 * @param stage a name for the n-th leg's stage
 */
export function legNames(
  plan: Plan,
  device: LegDevice,
  stage: (index: number) => string,
): (host: string, network: string) => LegNames {
  const numbers = new Map(plan.hosts.map(({ name }, number) => [name, number]));
  const legs = new Map(
    plan.hosts
      .flatMap(({ name, legs }) => legs.map(({ network, address }) => [`${name} ${network}`, address] as const))
      .map(([key, address], index) => [key, { address, index }]),
  );
  return (host, network) => ({
    device: device(host, network),
    stage: stage(legs.get(`${host} ${network}`)!.index),
    peer: (other) => {
      const leg = legs.get(`${other} ${network}`);
      return leg && { number: numbers.get(other)!, hardwareAddress: hardwareAddress(leg.address) };
    },
  });
}

/** Packets that a queue of these devices threw away for lack of room, which nobody asked for. */
export async function unaskedDrops(
  devices: ReadonlySet<string>,
  lossy: ReadonlySet<string>,
  queues: BatchTool,
): Promise<string[]> {
  const states = (await queues.run([], ['qdisc', 'show'])) as QdiscState[];
  return states
    .filter(({ kind, dev, drops }) => kind === 'netem' && devices.has(dev) && !lossy.has(dev) && (drops ?? 0) > 0)
    .map(({ dev, drops }) => `the emulated network dropped ${drops} packets towards ${dev}, which nobody asked for`);
}

export const allLegs = (plan: Plan, device: LegDevice): Set<string> =>
  new Set(plan.hosts.flatMap(({ name, legs }) => legs.map(({ network }) => device(name, network))));

export const prefixesOf = (plan: Plan): Record<string, number> =>
  Object.fromEntries(
    Object.entries(plan.topology.networks).map(([name, { cidr }]) => [name, subnet(name, cidr).prefixLength]),
  );

/** A device's hardware address, from the first address that it has: locally administered, and the same in every run. */
export const hardwareAddress = (address: string): string =>
  ['02', '00', ...address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'))].join(':');

/**
 * In one host: the hardware addresses of all hosts that it may talk to, in the networks that they share: those of other
 * groups, and registrars talk among themselves. Resolved on
 * demand they would cost the first packet to each a round trip of the emulated network, which no routed network asks
 * for; and a host that is silent would be found unreachable by its neighbours' kernels, where in a routed network
 * nobody is told.
 * @param deviceOf what the host calls its leg in a network
 */
export const neighbourBatch = (
  plan: Plan,
  host: PlannedHost,
  deviceOf = (network: string): string => network,
): string[][] =>
  plan.hosts
    .filter(({ name, group, role }) => group !== host.group || (role.kind === 'registrar' && name !== host.name))
    .flatMap(({ legs }) => legs.filter(({ network }) => host.legs.some((own) => own.network === network)))
    .map(({ network, address }) => [
      ...['neigh', 'replace', address, 'lladdr', hardwareAddress(address)],
      ...['dev', deviceOf(network), 'nud', 'permanent'],
    ]);

/** Hands out the spare addresses of each network in turn: one for each leg of the host. */
export function spareAddresses(plan: Plan): (host: PlannedHost) => string[] {
  const used = new Map<string, number>();
  return ({ legs }) =>
    legs.map(({ network }) => {
      const index = (used.get(network) ?? 0) + 1;
      used.set(network, index);
      return spareAddress(subnet(network, plan.topology.networks[network]!.cidr), hostsIn(plan, network), index);
    });
}

export const hostsIn = ({ hosts }: Plan, network: string): number =>
  hosts.filter(({ legs }) => legs.some((leg) => leg.network === network)).length;

/** In one host: other addresses in place of those its legs have; each leg is told by its device there. */
export const readdressBatch = (
  legs: readonly { readonly device: string; readonly prefix: number }[],
  fresh: readonly string[],
): string[][] => [
  ...legs.flatMap(({ device, prefix }, at) => [
    ['address', 'flush', 'dev', device],
    ['address', 'add', `${fresh[at]}/${prefix}`, 'dev', device],
  ]),
  ['route', 'replace', multicastRoute, 'dev', legs[0]!.device],
];
