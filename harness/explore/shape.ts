import type { Plan } from '../experiment/plan.js';
import type { ScheduledFault } from '../fault/schedule.js';

type Hosts = Plan['hosts'];

/** What a schedule is made of: kinds of faults and roles that they strike, each once, sorted. */
export const shapeOf = (faults: readonly ScheduledFault[], hosts: Hosts): string[] =>
  [...new Set(faults.map((each) => describe(each, hosts)))].sort();

/** The faults, counted from 0, of which the other schedule was made, too. */
export const alike = (faults: readonly ScheduledFault[], hosts: Hosts, shape: readonly string[]): number[] =>
  faults.flatMap((each, at) => (shape.includes(describe(each, hosts)) ? [at] : []));

/** E.g. `kill on poolElement`; a partition strikes several roles: `partition on poolElement+registrar`. */
function describe({ fault }: ScheduledFault, hosts: Hosts): string {
  const { target } = fault;
  const struck = hosts.filter(({ name, group }) =>
    target.select === 'named' ? target.names.includes(name) : target.group === group,
  );
  const roles = [...new Set(struck.map(({ role }) => role.kind))].sort();
  return `${fault.kind} on ${roles.join('+')}`;
}
