/** From a plan and an inventory to a plan whose hosts have the addresses of real ones. */
import { show } from '../../base/check.js';
import { badInput } from '../../base/errors.js';
import type { Plan, PlannedHost } from '../../experiment/plan.js';
import type { Inventory, InventoryHost } from './inventory.js';

/** Each planned host, by name, with the host of the inventory that it is. */
export type Placement = ReadonlyMap<string, InventoryHost>;

/**
 * Gives the hosts of every group theirs of the inventory, in order. More than are asked for may be there.
 * @throws HarnessError `bad-input` when there are too few, or one lacks an address on a network of its group
 */
export function place(plan: Plan, { hosts }: Inventory): Placement {
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
      return [name, host];
    }),
  );
}

const positionOf = ({ hosts }: Plan, { name, group }: PlannedHost): number =>
  hosts.filter((it) => it.group === group).findIndex((it) => it.name === name);

/** The same plan, with the addresses that the hosts really have, on networks that are as they are. */
export function placed(plan: Plan, placement: Placement): Plan {
  return {
    ...plan,
    topology: { ...plan.topology, networks: asTheyAre(plan.topology.networks) },
    hosts: plan.hosts.map((host) => ({
      ...host,
      legs: host.legs.map(({ network }) => ({ network, address: placement.get(host.name)!.addresses[network]! })),
    })),
  };
}

const asTheyAre = (networks: Plan['topology']['networks']): Plan['topology']['networks'] =>
  Object.fromEntries(Object.entries(networks).map(([name, { cidr }]) => [name, { cidr, impairment: {} }]));
