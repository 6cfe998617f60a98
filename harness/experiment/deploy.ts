/** Who plays what: the experiment's roles put on the topology's hosts, with every request interval settled. */
import { z } from 'zod';
import { check, settled } from '../base/check.js';
import { badInput } from '../base/errors.js';
import type { Host, Topology } from '../topology/topology.js';
import { attackerSchema } from './attacker.js';
import type { Deployment } from './experiment.js';
import { checkReach } from './reach.js';
import { poolElementSchema, poolUserRequestSchema, type Role, type RoleRequest, registrarSchema } from './role.js';

const roleRequestSchema = z.discriminatedUnion('kind', [
  registrarSchema,
  poolElementSchema,
  poolUserRequestSchema,
  attackerSchema,
]);

/** @throws HarnessError `bad-input` for an unknown group, one whose role is missing or none, or hosts out of reach */
export function deploy(where: string, topology: Topology, deployment: Deployment): (Host & { role: Role })[] {
  const groups = Object.keys(topology.groups);
  const roles = check(where, z.record(z.string(), z.any()), deployment);
  const stranger = Object.keys(roles).find((group) => !groups.includes(group));
  if (stranger) throw badInput(`${where}: expected one of the host groups ${groups.join(', ')}, got '${stranger}'`);
  const checked = new Set<RoleRequest>();
  const requested = topology.hosts.map((host): Host & { role: RoleRequest } => {
    const { group, index, name } = host;
    if (!roles[group]) throw badInput(`${where}: expected a role for the host group '${group}', got none`);
    const own = roles[group];
    const role = typeof own === 'function' ? settled(`${where}.${group} (${name})`, own(index)) : own;
    // Thousands of hosts may share one role.
    if (!checked.has(role)) check(`${where}.${group} (${name})`, roleRequestSchema, role);
    checked.add(role);
    return { ...host, role };
  });
  checkReach(where, requested);
  const pools = poolsOf(requested);
  return requested.map((host) => ({ ...host, role: settleRate(where, host.role, pools) }));
}

/** What a pool's request interval follows from. Counted once: thousands of users may ask. */
interface PoolSize {
  elements: number;
  users: number;
  totalCapacity: number;
}

function poolsOf(hosts: readonly { role: RoleRequest }[]): ReadonlyMap<string, PoolSize> {
  const pools = new Map<string, PoolSize>();
  for (const { role } of hosts) {
    if (role.kind === 'registrar' || role.kind === 'attacker') continue;
    const size = pools.get(role.pool) ?? { elements: 0, users: 0, totalCapacity: 0 };
    pools.set(role.pool, size);
    if (role.kind === 'poolUser') size.users++;
    else {
      size.elements++;
      size.totalCapacity += role.capacity;
    }
  }
  return pools;
}

/**
 * Request interval from utilisation: PU:PE ratio × size / (utilisation × capacity), the ratio at least 1 (paper,
 * section 3).
 */
function settleRate(where: string, role: RoleRequest, pools: ReadonlyMap<string, PoolSize>): Role {
  if (role.kind !== 'poolUser') return role;
  const { requestInterval: interval, ...user } = role;
  if (!('targetUtilisation' in interval)) return { ...user, requestInterval: interval };
  const { elements, users, totalCapacity } = pools.get(user.pool)!;
  if (elements === 0)
    throw badInput(`${where}: expected pool elements in '${user.pool}' to derive the request interval from, got none`);
  const meanCapacity = totalCapacity / elements;
  const ratio = Math.max(1, users / elements);
  const mean = (ratio * user.requestSize.mean) / (interval.targetUtilisation * meanCapacity);
  return { ...user, requestInterval: { kind: 'exponential', mean } };
}
