/** From a plan and an inventory to a plan whose hosts have the addresses of real ones. */
import { show } from '../../base/check.js';
import { badInput } from '../../base/errors.js';
import type { Plan, PlannedHost } from '../../experiment/plan.js';
import type { Inventory, InventoryHost } from './inventory.js';
import type { Pair } from './machine.js';
import { pairKey } from './survey.js';

/** A host of the inventory, in its part. */
export interface PlacedHost extends InventoryHost {
  /** Hosts with the same one share a kernel. */
  readonly machine: string;
}

/** Each planned host, by name, with the host of the inventory that it is. */
export type Placement = ReadonlyMap<string, PlacedHost>;

/**
 * Gives the hosts of every group theirs of the inventory, in order. More than are asked for may be there.
 * @throws HarnessError `bad-input` when there are too few, or one lacks an address on a network of its group
 */
export function place(plan: Plan, { hosts, way }: Inventory): Placement {
  return new Map(
    plan.hosts.map((planned) => {
      const { name, group } = planned;
      const there = hosts[group];
      if (!there) {
        const groups = Object.keys(hosts).join(', ');
        throw badInput(`--inventory: expected hosts for the group '${group}' of ${plan.experiment}, got ${groups}`);
      }
      const position = positionOf(plan, planned);
      const host = there[position];
      if (!host) {
        const needed = plan.hosts.filter((it) => it.group === group).length;
        throw badInput(`--inventory: expected ${needed} hosts in '${group}', got ${there.length}`);
      }
      for (const { network } of planned.legs) {
        if (host.addresses[network] !== undefined) continue;
        const where = `--inventory: hosts.${group}.${position}`;
        throw badInput(`${where}: expected an address on '${network}' for ${name}, got ${show(host.addresses)}`);
      }
      // In a lab kernel of our own we are root.
      return [name, way === 'overlay' ? { ...host, right: 'root', machine: name } : { ...host, machine: host.ssh }];
    }),
  );
}

const positionOf = ({ hosts }: Plan, { name, group }: PlannedHost): number =>
  hosts.filter((it) => it.group === group).findIndex((it) => it.name === name);

/** The same plan on networks that are as they are. */
export const onRealNetworks = (plan: Plan): Plan => ({
  ...plan,
  topology: { ...plan.topology, networks: asTheyAre(plan.topology.networks) },
});

/** The same plan, with the addresses that the hosts really have, on networks that are as they are. */
export function placed(plan: Plan, placement: Placement): Plan {
  return {
    ...onRealNetworks(plan),
    hosts: plan.hosts.map((host) => ({
      ...host,
      legs: host.legs.map(({ network }) => ({ network, address: placement.get(host.name)!.addresses[network]! })),
    })),
  };
}

const asTheyAre = (networks: Plan['topology']['networks']): Plan['topology']['networks'] =>
  Object.fromEntries(Object.entries(networks).map(([name, { cidr }]) => [name, { cidr, impairment: {} }]));

/** Round trips as the hosts saw them, by `own other` addresses, in seconds. */
export type RoundTrips = ReadonlyMap<string, readonly number[]>;

/** Every pair of hosts once, on every network that both are on. */
export const pairsOf = ({ hosts }: Plan): { network: string; between: [string, string]; addresses: Pair }[] =>
  hosts.flatMap((a, at) =>
    hosts.slice(at + 1).flatMap((b) =>
      a.legs.flatMap(({ network, address }) => {
        const leg = b.legs.find((it) => it.network === network);
        return leg
          ? [{ network, between: [a.name, b.name] as [string, string], addresses: [address, leg.address] as Pair }]
          : [];
      }),
    ),
  );

/**
 * The same plan, with the delays that were measured: half the median round trip, since nobody can tell how much of it
 * is either way. A network's own delay is the median of its pairs, for those of which nothing is known.
 */
export function withDistances(plan: Plan, roundTrips: RoundTrips): Plan {
  const distances = pairsOf(plan).flatMap(({ network, between, addresses }) => {
    const times = roundTrips.get(pairKey(addresses)) ?? [];
    return times.length === 0 ? [] : [{ network, between, delay: median(times) / 2 }];
  });
  const networks = Object.fromEntries(
    Object.entries(plan.topology.networks).map(([name, network]) => {
      const known = distances.filter((it) => it.network === name).map(({ delay }) => delay);
      return [name, known.length === 0 ? network : { ...network, impairment: { delay: median(known) } }];
    }),
  );
  return { ...plan, topology: { ...plan.topology, networks, distances } };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
}
