import { badInput } from '../../base/errors.js';
import { hostsWith, type Plan } from '../../experiment/plan.js';
import type { Role } from '../../experiment/role.js';
import { isOfPool } from '../implementation.js';
import { implementationOf } from '../implementations.js';
import { checkHandle } from '../rsplib/limits.js';

/**
 * Refuses a pool that cannot be, and what its hosts' implementations cannot do.
 * @throws HarnessError `bad-input`
 */
export function checkPool(plan: Plan): void {
  const { experiment } = plan;
  const kinds: Role['kind'][] = ['registrar', 'poolElement'];
  for (const kind of kinds) {
    if (hostsWith(plan, kind).length === 0)
      throw badInput(`${experiment}.deploy: expected at least one ${kind}, got none`);
  }
  const hosts = plan.hosts.filter(isOfPool);
  const isAnyRsplib = hosts.some(({ role }) => role.implementation === 'rsplib');
  for (const host of hosts) {
    const where = `${experiment}.${host.name}`;
    // Handles go from one to the others.
    if (isAnyRsplib && 'pool' in host.role) checkHandle(`${where}.pool`, host.role.pool);
    implementationOf(host).checkHost(where, host);
  }
}
