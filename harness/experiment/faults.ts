import { badInput } from '../base/errors.js';
import type { ScheduledFault } from '../fault/schedule.js';
import { capacity, subnet } from '../topology/address.js';
import type { Host, Topology } from '../topology/topology.js';
import type { Role } from './role.js';

/**
 * Holds faults against the hosts there are.
 * @throws HarnessError `bad-input` for an unknown group, host or network, a target that cannot have this fault, or no
 * room for new addresses
 */
export function checkFaults(
  where: string,
  topology: Topology,
  hosts: readonly (Host & { role: Role })[],
  faults: readonly ScheduledFault[],
): void {
  const groups = Object.keys(topology.groups);
  const names = hosts.map(({ name }) => name);
  const networks = Object.keys(topology.networks);
  for (const { fault } of faults) {
    const { target, network, kind, reappear } = fault;
    const at = `${where}.faults.${kind}`;
    if (target.select === 'named') for (const name of target.names) expectOneOf(at, 'hosts', names, name);
    else expectOneOf(at, 'host groups', groups, target.group);
    if (network !== null) expectOneOf(at, 'networks', networks, network);
    const hit = hosts.filter(({ name, group }) =>
      target.select === 'named' ? target.names.includes(name) : target.group === group,
    );
    const stranger = hit.find(({ role }) => role.kind !== 'poolElement');
    if ((kind === 'failure' || target.select === 'busy') && stranger) {
      throw badInput(`${at}: expected pool elements as target, got ${stranger.name} (${stranger.role.kind})`);
    }
    const outsider = hit.find(({ legs }) => network !== null && !legs.some((leg) => leg.network === network));
    if (outsider) throw badInput(`${at}: expected hosts on '${network}', got ${outsider.name}, which is not on it`);
    if (reappear === 'new-address') expectSpares(at, topology, hit);
  }
}

/** Hosts that reappear under new addresses must find some that nobody has. */
function expectSpares(where: string, { networks, hosts }: Topology, hit: readonly Host[]): void {
  const countOn = (name: string, of: readonly Host[]) =>
    of.filter(({ legs }) => legs.some((leg) => leg.network === name)).length;
  for (const [name, { cidr }] of Object.entries(networks)) {
    const spares = capacity(subnet(where, cidr)) - countOn(name, hosts);
    const wanted = countOn(name, hit);
    if (spares < wanted)
      throw badInput(
        `${where}: expected ${wanted} spare addresses in '${name}' (${cidr}) to reappear under, got ${spares}`,
      );
  }
}

function expectOneOf(where: string, what: string, known: readonly string[], got: string): void {
  if (!known.includes(got)) throw badInput(`${where}: expected one of the ${what} ${known.join(', ')}, got '${got}'`);
}
