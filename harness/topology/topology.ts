import { z } from 'zod';
import { check } from '../base/check.js';
import { badInput } from '../base/errors.js';
import { deepFreeze } from '../base/freeze.js';
import type { Duration } from '../base/units.js';
import { addressAt, capacity, hostSubnet, overlap, type Subnet } from './address.js';
import { type Impairment, type ImpairmentInput, impairmentSchema } from './impairment.js';
import { checkDeviceNames, checkLabel } from './names.js';
import { type Sctp, type SctpOptions, sctpSchema } from './sctp.js';

/** One emulated network: every host on it is one hop from every other. */
export interface Network {
  readonly cidr: string;
  readonly impairment: Impairment;
}

/** So many hosts of one kind, each with a leg in every network it is `on`. */
export interface HostGroup<Net extends string = string> {
  readonly count: number;
  readonly on: readonly Net[];
  /** Null for what the kernel does by itself. */
  readonly sctp: Sctp | null;
}

/** Where a host touches a network. */
export interface Leg {
  readonly network: string;
  readonly address: string;
}

export interface Host {
  readonly name: string;
  readonly group: string;
  /** 1-based place within its group. */
  readonly index: number;
  readonly legs: readonly Leg[];
  readonly sctp: Sctp | null;
}

/** Networks and hosts on paper. `Group` carries the host groups' names into the experiment's types. */
export interface Topology<Group extends string = string> {
  readonly name: string;
  readonly networks: Readonly<Record<string, Network>>;
  readonly groups: Readonly<Record<Group, HostGroup>>;
  readonly hosts: readonly Host[];
}

/**
 * An emulated network with what it does to packets (see {@link Impairment}: delays are one-way, per direction).
 * @throws HarnessError `bad-input` for an impossible network or impairment
 */
export function network(cidr: string, impairment: NetworkOptions = {}): Network {
  hostSubnet('network', cidr);
  return { cidr, impairment: check(`network(${cidr})`, impairmentSchema, impairment) };
}

export type NetworkOptions = Omit<ImpairmentInput, 'delay' | 'jitter'> & { delay?: Duration; jitter?: Duration };

/**
 * @param sctp what their kernels are told about SCTP
 * @throws HarnessError `bad-input` for a count below 1, no network, or one twice, or impossible settings
 */
export function hosts<const Net extends string>(
  count: number,
  { on, sctp }: { on: readonly Net[]; sctp?: SctpOptions },
): HostGroup<Net> {
  check('hosts', z.int().min(1).max(100_000), count);
  check('hosts.on', z.array(z.string()).min(1), on);
  const twice = on.find((net, at) => on.indexOf(net) !== at);
  if (twice) throw badInput(`hosts.on: expected every network once, got '${twice}' twice`);
  return {
    count,
    on,
    sctp: sctp === undefined || Object.keys(sctp).length === 0 ? null : check('hosts.sctp', sctpSchema, sctp),
  };
}

/**
 * Puts networks and hosts together and gives every host its name and addresses: `pr1`, `pe1`, `pu1`, `at1` for the
 * groups `registrars`, `elements`, `users`, `attackers`, else the group's name and a number; addresses in order of the
 * groups.
 * @throws HarnessError `bad-input` for unknown or overlapping networks, or one too small for its hosts
 */
export function topology<Net extends string, Group extends string>(description: {
  name: string;
  networks: Readonly<Record<Net, Network>>;
  hosts: Readonly<Record<Group, HostGroup<NoInfer<Net>>>>;
}): Topology<Group> {
  const { name, networks, hosts: groups } = description;
  const where = `topology ${name}`;
  for (const word of [...Object.keys(networks), ...Object.keys(groups)]) checkLabel(where, word);
  const subnets = new Map(Object.entries<Network>(networks).map(([net, { cidr }]) => [net, hostSubnet(where, cidr)]));
  rejectOverlaps(where, [...subnets]);
  const used = new Map<string, number>();
  const placed = Object.entries<HostGroup>(groups).flatMap(([group, { count, on, sctp }]) =>
    Array.from({ length: count }, (_, at): Host => {
      const index = at + 1;
      return { name: `${prefixes.get(group) ?? group}${index}`, group, index, legs: on.map((net) => place(net)), sctp };
    }),
  );
  rejectDuplicates(where, placed);
  checkDeviceNames(where, Object.keys(networks), placed);
  return deepFreeze({ name, networks, groups, hosts: placed });

  function place(net: string): Leg {
    const range = subnets.get(net);
    if (!range)
      throw badInput(`${where}: expected one of the networks ${[...subnets.keys()].join(', ')}, got '${net}'`);
    const index = (used.get(net) ?? 0) + 1;
    if (index > capacity(range))
      throw badInput(`${where}: network '${net}' (${range.cidr}) has no room for ${index} hosts`);
    used.set(net, index);
    return { network: net, address: addressAt(range, index) };
  }
}

const prefixes = new Map([
  ['registrars', 'pr'],
  ['elements', 'pe'],
  ['users', 'pu'],
  ['attackers', 'at'],
]);

function rejectDuplicates(where: string, placed: readonly Host[]): void {
  const groups = new Map<string, string>();
  for (const { name, group } of placed) {
    const other = groups.get(name);
    if (other) throw badInput(`${where}: expected distinct hosts, got '${name}' in both '${other}' and '${group}'`);
    groups.set(name, group);
  }
}

function rejectOverlaps(where: string, subnets: readonly [string, Subnet][]): void {
  for (const [at, [first, a]] of subnets.entries()) {
    for (const [second, b] of subnets.slice(at + 1)) {
      if (overlap(a, b)) {
        throw badInput(
          `${where}: networks '${first}' (${a.cidr}) and '${second}' (${b.cidr}) overlap; expected distinct ones`,
        );
      }
    }
  }
}
