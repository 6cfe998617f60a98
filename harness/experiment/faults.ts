import { badInput } from '../base/errors.js';
import type { ScheduledFault } from '../fault/schedule.js';
import type { Topology } from '../topology/topology.js';
import type { Role } from './role.js';

/**
 * Holds faults against the hosts there are.
 * @throws HarnessError `bad-input` for an unknown group, host or network, or a target that cannot have this fault
 */
export function checkFaults(
  where: string,
  topology: Topology,
  hosts: readonly { name: string; group: string; role: Role }[],
  faults: readonly ScheduledFault[],
): void {
  const groups = Object.keys(topology.groups);
  const names = hosts.map(({ name }) => name);
  const networks = Object.keys(topology.networks);
  for (const { fault } of faults) {
    const { target, network, kind } = fault;
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
  }
}

function expectOneOf(where: string, what: string, known: readonly string[], got: string): void {
  if (!known.includes(got)) throw badInput(`${where}: expected one of the ${what} ${known.join(', ')}, got '${got}'`);
}
