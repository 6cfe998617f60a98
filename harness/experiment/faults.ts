import { badInput } from '../base/errors.js';
import type { ScheduledFault } from '../fault/schedule.js';
import { capacity, subnet } from '../topology/address.js';
import type { Impairment } from '../topology/impairment.js';
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
    if (kind === 'failure' && stranger) {
      throw badInput(`${at}: expected pool elements as target, got ${stranger.name} (${stranger.role.kind})`);
    }
    const user = hit.find(({ role }) => role.kind === 'poolUser');
    if (target.select === 'busy' && user) {
      throw badInput(`${at}: expected pool elements or registrars as busy target, got ${user.name} (poolUser)`);
    }
    const registrar = hit.find(({ role }) => role.kind === 'registrar');
    if (reappear === 'new-address' && registrar) {
      throw badInput(`${at}: expected ${registrar.name} back under the address that all know it by, got 'new-address'`);
    }
    const outsider = hit.find(({ legs }) => network !== null && !legs.some((leg) => leg.network === network));
    if (outsider) throw badInput(`${at}: expected hosts on '${network}', got ${outsider.name}, which is not on it`);
    if (fault.sides) expectApart(at, fault.sides);
    if (fault.impairment) expectCombinable(at, topology, network, fault.impairment);
    if (reappear === 'new-address') expectSpares(at, topology, hit);
  }
}

/** Sides of a partition divide hosts: nobody is in two. */
function expectApart(where: string, sides: readonly (readonly string[])[]): void {
  const names = sides.flatMap((side) => [...new Set(side)]);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) throw badInput(`${where}: expected sides without a host in common, got ${twice} in two`);
}

/** What a fault does must come on top of what the network does already. */
function expectCombinable(where: string, { networks }: Topology, network: string | null, extra: Impairment): void {
  for (const [name, { impairment }] of Object.entries(networks)) {
    if (network !== null && network !== name) continue;
    const [own, asked] = [impairment, extra].map(({ jitterDistribution = 'normal' }) => jitterDistribution);
    if (impairment.jitter && extra.jitter && own !== asked) {
      throw badInput(`${where}: expected jitter distributed as that of '${name}', ${own}, got ${asked}`);
    }
    if (impairment.burstLoss && extra.burstLoss) {
      throw badInput(`${where}: expected no burst loss on '${name}', which has its own, got one`);
    }
  }
}

/**
 * Faults with all names of host groups and networks replaced by those of their hosts, so that nobody downstream has to.
 * @throws HarnessError `bad-input` for a name that is none of these
 */
export function withHostsNamed(
  where: string,
  { hosts }: Topology,
  faults: readonly ScheduledFault[],
): ScheduledFault[] {
  const meaning = (name: string): string[] => {
    const itself = hosts.filter((host) => host.name === name);
    const group = hosts.filter((host) => host.group === name);
    const all = hosts.filter(({ legs }) => legs.some(({ network }) => network === name));
    return [itself, group, all].find(({ length }) => length > 0)?.map((host) => host.name) ?? [];
  };
  return faults.map((schedule) => {
    const { fault } = schedule;
    const named = (names: readonly string[]) =>
      names.flatMap((name) => {
        const found = meaning(name);
        if (found.length > 0) return found;
        const known = hosts.map((host) => host.name).join(', ');
        const expected = `one of the hosts ${known}, a host group or a network`;
        throw badInput(`${where}.faults.${fault.kind}: expected ${expected}, got '${name}'`);
      });
    const { target, sides } = fault;
    const hit = target.select === 'named' ? { ...target, names: [...new Set(named(target.names))] } : target;
    return { ...schedule, fault: { ...fault, target: hit, sides: sides?.map(named) ?? null } };
  });
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
